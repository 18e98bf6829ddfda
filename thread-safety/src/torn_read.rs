//! Two words that belong together: t1 writes both, t2 reads both. Does t2 get a pair that was never
//! written?
//!
//! Each function is a variant. t1 writes 1 and 1, then 2 and 2, and so on: a pair of two different
//! numbers is torn.

use super::lane::{SyncPoint, acquire, finish, start};
use super::seq_lock::SeqLock;
use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::sync::{Arc, Mutex};

/// Writes the halves one after the other, and reads them so: each is atomic, the pair is not.
///
/// What is torn is often larger than what the processor can do in one step: 16 bytes on most, 8 on
/// small ones, a struct of two fields anywhere.
///
/// # Memory ordering
/// `Relaxed`: a stronger one would settle in which order the halves become visible, and still not
/// make them one.
pub fn racy(plan: &Plan) -> Reads {
    let pair = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    write_and_read(
        plan,
        &pair,
        |[left, right], number, point| {
            left.store(number, Relaxed);
            point.between(format_args!("wrote {number} on the left"));
            right.store(number, Relaxed);
            point.after(format_args!("wrote {number} on the right"));
        },
        |[left, right], _| Some([left.load(Relaxed), right.load(Relaxed)]),
    )
}

/// Reads under a sequence lock: a reader that comes in the middle of a write notices it and has to
/// try again. Readers write nothing.
pub fn seq_lock(plan: &Plan) -> Reads {
    let pair = Arc::new(SeqLock::new([0, 0]));
    write_and_read(
        plan,
        &pair,
        |pair, number, point| {
            let mut writing = pair.write();
            writing.set(0, number);
            point.between(format_args!("wrote {number} on the left"));
            writing.set(1, number);
            drop(writing);
            point.after(format_args!("wrote {number} on the right"));
        },
        |pair, _| pair.try_read(),
    )
}

/// Writes and reads under a mutex: a reader blocks until both halves are written. It serves for any
/// value, but a reader writes to the lock.
pub fn mutex(plan: &Plan) -> Reads {
    let pair = Arc::new(Mutex::new([0, 0]));
    write_and_read(
        plan,
        &pair,
        |pair, number, point| {
            let (holds, mut held) = acquire(point, "the lock", pair);
            held[0] = number;
            point.between(format_args!("wrote {number} on the left"));
            held[1] = number;
            drop((holds, held));
            point.after(format_args!("wrote {number} on the right"));
        },
        |pair, point| Some(*acquire(point, "the lock", pair).1),
    )
}

/// A plan: how often the pair is written and read, and how the threads meet.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How often t1 writes.
    pub writes: u64,
    /// How often t2 tries to read.
    pub reads: u64,
    /// The point between the two halves of a write.
    pub point: SyncPoint,
}

/// What t2 has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// The number of pairs that were written so.
    pub whole: u64,
    /// The number of pairs of which one half is older.
    pub torn: u64,
    /// The number of reads that were refused, and would have to be tried again.
    pub refused: u64,
    /// The result of the first read; `None` if it was refused.
    pub first: Option<[u64; 2]>,
    /// The result of a read after both threads.
    pub last: Option<[u64; 2]>,
}

/// Runs at most `rounds` rounds, each twice as long as the one before, until one tears a pair;
/// returns the counts of all. In the first, the pair is written and read `times` times.
pub fn stress(run: fn(&Plan) -> Reads, times: u64, rounds: u32) -> Reads {
    let mut all = Reads::default();
    for round in 0..rounds {
        let times = times << round;
        let seen = run(&Plan { writes: times, reads: times, point: SyncPoint::open(2) });
        all.whole += seen.whole;
        all.torn += seen.torn;
        all.refused += seen.refused;
        if all.torn > 0 {
            break;
        }
    }
    all
}

/// Calls `write(pair, number, point)` on t1 and `read(pair, point)` on t2 as the plan says, and
/// waits for both.
fn write_and_read<P: Send + Sync + 'static>(
    plan: &Plan,
    pair: &Arc<P>,
    write: impl Fn(&P, u64, &SyncPoint) + Send + 'static,
    read: impl Fn(&P, &SyncPoint) -> Option<[u64; 2]> + Copy + Send + 'static,
) -> Reads {
    let (pair1, pair2) = (Arc::clone(pair), Arc::clone(pair));
    let Plan { writes, reads, point } = plan.clone();
    let point2 = point.clone();
    let t1 = start("t1", move || {
        point.start();
        (1..=writes).for_each(|number| write(&pair1, number, &point));
    });
    let t2 = start("t2", move || {
        let mut seen = Reads::default();
        point2.start_in_between();
        for number in 0..reads {
            let pair = read(&pair2, &point2);
            match pair {
                Some([left, right]) => {
                    point2.after(format_args!("read {left}, {right}"));
                    *(if left == right { &mut seen.whole } else { &mut seen.torn }) += 1;
                }
                None => {
                    point2.after(format_args!("has to try again"));
                    seen.refused += 1;
                }
            }
            if number == 0 {
                seen.first = pair;
                point2.done_in_between();
            }
        }
        seen
    });
    finish(t1);
    Reads { last: read(pair, &SyncPoint::open(1)), ..finish(t2) }
}
