//! Primitives in their smallest form, each with a line that can be weakened, and a test for each.
//!
//! Where a `match` is on the name of a mutant, its last arm is the line as it should be, and each
//! other arm is a mutant. `cargo run -p thread-safety -- --weaken` asks who notices it; what is true
//! is found by running the test on real threads, under Shuttle and under Loom, for which this file
//! is compiled three times. All that is shared is atomic, so that no mutant is undefined behaviour.

use super::sync::Arc;
use super::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicBool, AtomicU32, fence};
use super::thread;

/// The name of a mutant; any other name is the primitive as it should be.
pub type Mutant = &'static str;

/// Runs a part on each of two threads, the second on one that is started, and returns what they
/// return.
fn both<T: Send + Sync + 'static, R: Send + 'static>(
    shared: T,
    one: fn(&T) -> R,
    other: fn(&T) -> R,
) -> ([R; 2], Arc<T>) {
    let shared = Arc::new(shared);
    let theirs = Arc::clone(&shared);
    let started = thread::spawn(move || other(&theirs));
    let mine = one(&shared);
    ([mine, started.join().expect("a part does not panic")], shared)
}

/// Adds 1 in two steps.
fn load_then_store(count: &AtomicU32) -> u32 {
    let before = count.load(Relaxed);
    count.store(before + 1, Relaxed);
    before
}

/// Two threads add 1 each to a counter: returns whether it is 2 then.
pub fn counter(mutant: Mutant) -> bool {
    let add = |(mutant, count): &(Mutant, AtomicU32)| match *mutant {
        "load-then-store" => load_then_store(count),
        "relaxed-count" => count.fetch_add(1, Relaxed),
        _ => count.fetch_add(1, AcqRel),
    };
    both((mutant, AtomicU32::new(0)), add, add).1.1.load(Relaxed) == 2
}

/// One thread writes data and sets a flag, the other reads the data if the flag is set: returns
/// whether it then is there.
pub fn publication(mutant: Mutant) -> bool {
    type Slot = (Mutant, AtomicU32, AtomicBool);
    let publish = |(mutant, data, ready): &Slot| {
        data.store(1, Relaxed);
        match *mutant {
            "relaxed-flag" => ready.store(true, Relaxed),
            _ => ready.store(true, Release),
        }
        true
    };
    let consume = |(mutant, data, ready): &Slot| {
        let is_ready = match *mutant {
            "relaxed-look" => ready.load(Relaxed),
            _ => ready.load(Acquire),
        };
        !is_ready || data.load(Relaxed) == 1
    };
    let slot = (mutant, AtomicU32::new(0), AtomicBool::new(false));
    both(slot, publish, consume).0[1]
}

/// One thread writes a pair under a sequence number, the other reads it: returns whether what it
/// accepts is a pair that was written.
pub fn seq_lock(mutant: Mutant) -> bool {
    type Pair = (Mutant, AtomicU32, [AtomicU32; 2]);
    let write = |(mutant, sequence, pair): &Pair| {
        sequence.store(1, Relaxed);
        match *mutant {
            "no-writer-fence" => (),
            _ => fence(Release),
        }
        pair.iter().for_each(|word| word.store(1, Relaxed));
        sequence.store(2, Release);
        true
    };
    let read = |(mutant, sequence, pair): &Pair| {
        let before = sequence.load(Acquire);
        let [left, right] = [0, 1].map(|index: usize| pair[index].load(Relaxed));
        match *mutant {
            "no-reader-fence" => (),
            _ => fence(Acquire),
        }
        let is_whole = match *mutant {
            "one-look" => before.is_multiple_of(2),
            _ => before.is_multiple_of(2) && sequence.load(Relaxed) == before,
        };
        !is_whole || left == right
    };
    let pair = [AtomicU32::new(0), AtomicU32::new(0)];
    // Loom leaves executions out if the writer is the thread that is started.
    both((mutant, AtomicU32::new(0), pair), write, read).0[1]
}
