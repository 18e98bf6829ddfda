//! What a model checker runs: threads that stand for processes, over the files that the processes
//! use.

use tracing::info_span;

use super::adding::Tally;
use super::owner::{self, Owner};
use super::ring::positions::{CLOSED, Patience, Position};
use super::robust::{Entry, RawRobustLock};
use super::sync::Arc;
use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::thread;
use super::word::Word;

fn start<R: Send + 'static>(
    name: &str,
    pid: u32,
    body: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    let body = move || {
        owner::play(pid);
        body()
    };
    thread::Builder::new().name(name.to_owned()).spawn(body).expect("a model has room for a thread")
}

/// Lets two add 1, and returns the number.
pub fn two_add(add: fn(&Tally)) -> u64 {
    let tally = Arc::new(Tally::new());
    let add = |name, pid| {
        let tally = Arc::clone(&tally);
        start(name, pid, move || add(&tally))
    };
    for one in [add("one", 1), add("other", 2)] {
        one.join().expect("it does not panic");
    }
    tally.number()
}

/// Lets one be killed with the lock, when it has added to the first of two sums, and another take
/// it after that or before; it repairs what it is told of. Returns both sums, and whether it was
/// told.
pub fn one_dies() -> ([u64; 2], bool) {
    let shared =
        Arc::new((RawRobustLock { word: Word::new(0) }, AtomicU64::new(0), AtomicU64::new(0)));
    let shared2 = Arc::clone(&shared);
    let killed = start("killed", 1, move || {
        let (lock, first, _) = &*shared2;
        lock.lock();
        let _holds = info_span!("holds", what = "lock");
        first.store(first.load(Relaxed) + 1, Relaxed);
        tracing::info!("is killed");
        owner::die(&lock.word);
    });
    let shared2 = Arc::clone(&shared);
    let next = start("next", 2, move || {
        let (lock, first, second) = &*shared2;
        let entry = lock.lock();
        let _holds = info_span!("holds", what = "lock");
        let told = entry != Entry::Whole;
        if told {
            assert_eq!(entry, Entry::OwnerDied(Some(Owner::from_bits(1))));
            second.store(first.load(Relaxed), Relaxed);
        }
        let sums = [first.load(Relaxed), second.load(Relaxed)];
        assert!(sums[0] == sums[1], "the next owner saw half of it: {sums:?}");
        lock.unlock(true);
        (sums, told)
    });
    killed.join().expect("it does not panic");
    next.join().expect("it does not panic")
}

/// Hands two numbers over through a ring with room for one, after which the producer closes it;
/// returns what arrived.
pub fn hand_over() -> Vec<u64> {
    let ring = Arc::new((Position::default(), Position::default(), AtomicU64::new(0)));
    let ring2 = Arc::clone(&ring);
    let producer = start("producer", 1, move || {
        let (tail, head, place) = &*ring2;
        let mut patience = Patience::new(0);
        let mut given_back = 0;
        for n in [1, 2] {
            let at = (n - 1) * 8;
            while at + 8 - given_back > 8 {
                let _waits = info_span!("waits", what = "room", from = "consumer");
                given_back = head.wait(given_back, &mut patience, || true).expect("nobody dies");
            }
            let _writes = info_span!("runs", what = "writes");
            place.store(n, Relaxed);
            tail.move_to(at + 8);
        }
        tail.move_to(16 | CLOSED);
    });
    let (tail, head, place) = &*ring;
    let mut patience = Patience::new(0);
    let (mut at, mut arrived) = (0, Vec::new());
    loop {
        let waits = info_span!("waits", what = "message", from = "producer");
        let published = tail.wait(at, &mut patience, || true).expect("nobody dies");
        drop(waits);
        if published == at | CLOSED {
            break;
        }
        at += 8;
        arrived.push(place.load(Relaxed));
        head.move_to(at);
    }
    producer.join().expect("it does not panic");
    arrived
}
