//! The sequence lock's own file, compiled against Loom, which reorders what may be reordered: once
//! as it is, and once more for each ordering that it needs, with a weaker one, or no fence, in its
//! place. x86 cannot show the difference.

use loom::hint;
use loom::sync::atomic::{Ordering, fence};
use thread_safety::executions;

loomed!(as_it_is: Acquire, Release, fence; "../../src/seq_lock.rs" as seq_lock);
loomed!(no_fence_of_the_writer: Acquire, Release, no_release; "../../src/seq_lock.rs" as seq_lock);
loomed!(no_fence_of_the_reader: Acquire, Release, no_acquire; "../../src/seq_lock.rs" as seq_lock);
loomed!(relaxed_first_load: Relaxed, Release, acquire_if_relaxed; "../../src/seq_lock.rs" as seq_lock);
loomed!(relaxed_last_store: Acquire, Relaxed, release_if_relaxed; "../../src/seq_lock.rs" as seq_lock);

fn no_release(asked: Ordering) {
    if asked != Ordering::Release {
        fence(asked);
    }
}

fn no_acquire(asked: Ordering) {
    if asked != Ordering::Acquire {
        fence(asked);
    }
}

/// Where Acquire stands for Relaxed, the fence is to stay what it was.
fn acquire_if_relaxed(asked: Ordering) {
    fence(if asked == Ordering::Relaxed { Ordering::Acquire } else { asked });
}

/// The same for Release.
fn release_if_relaxed(asked: Ordering) {
    fence(if asked == Ordering::Relaxed { Ordering::Release } else { asked });
}

/// Writes a pair once while it is read once; counts the executions that read a torn pair, and all.
macro_rules! torn {
    ($module:ident) => {{
        let outcomes = executions(|| {
            let pair = loom::sync::Arc::new($module::seq_lock::SeqLock::new([0, 0]));
            let pair2 = loom::sync::Arc::clone(&pair);
            let reader = loom::thread::spawn(move || pair2.try_read());
            let mut writing = pair.write();
            writing.set(0, 1);
            writing.set(1, 1);
            drop(writing);
            reader.join().expect("it does not panic")
        });
        // A reader that is always refused shows nothing. And Loom 0.7 leaves executions out if the
        // writer is the thread that is spawned: there, no read sees what was written last.
        for wanted in [None, Some([0, 0]), Some([1, 1])] {
            assert!(outcomes.with(|read| *read == wanted) > 0, "{wanted:?} is not among {outcomes:?}");
        }
        (outcomes.with(|read| matches!(read, Some([left, right]) if left != right)), outcomes.all())
    }};
}

#[test]
fn loom_finds_no_torn_pair_and_one_with_any_of_the_four_orderings_weakened() {
    let (torn, all) = torn!(as_it_is);
    assert_eq!(torn, 0);
    assert!(all > 50, "{all}");
    assert!(torn!(no_fence_of_the_writer).0 > 0, "its words are seen before its odd number");
    assert!(torn!(no_fence_of_the_reader).0 > 0, "its second look comes before its words");
    assert!(torn!(relaxed_first_load).0 > 0, "the words are older than the number");
    assert!(torn!(relaxed_last_store).0 > 0, "the words are older than the number");
}

#[test]
fn two_writers_one_after_the_other_leave_a_whole_pair() {
    let outcomes = executions(|| {
        let pair = loom::sync::Arc::new(as_it_is::seq_lock::SeqLock::new([0, 0]));
        let write = |pair: &as_it_is::seq_lock::SeqLock<2>, word| {
            let mut writing = pair.write();
            writing.set(0, word);
            writing.set(1, word);
        };
        let pair2 = loom::sync::Arc::clone(&pair);
        let other = loom::thread::spawn(move || write(&pair2, 1));
        write(&pair, 2);
        other.join().expect("it does not panic");
        pair.try_read()
    });
    assert_eq!(outcomes.with(|read| matches!(read, Some([1, 1] | [2, 2]))), outcomes.all());
}
