//! Models of what processes synchronise by: threads that stand for processes, over the very files
//! that the processes use.

use tracing::info_span;

use super::counter::Counter;
use super::shared_memory::patience::Patience;
use super::shared_memory::positions::{CLOSED, Position, header, lap};
use super::shared_memory::process_id::{ProcessId, die, set_pid};
use super::shared_memory::robust_lock::{Acquired, RawRobustLock};
use super::sync::Arc;
use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::thread;

/// Starts a thread that stands for a process.
#[track_caller]
pub(super) fn start<R: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    thread::Builder::new().name(name.to_owned()).spawn(body).expect("a model has room for a thread")
}

#[track_caller]
pub(super) fn join<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().expect("it does not panic")
}

/// Lets two processes add 1 to a counter, and returns the number.
pub fn two_add(add: fn(&Counter)) -> u64 {
    let counter = Arc::new(Counter::default());
    let adds = |name, pid| {
        let counter = Arc::clone(&counter);
        start(name, move || {
            set_pid(pid);
            add(&counter);
        })
    };
    [adds("one", 1), adds("other", 2)].into_iter().for_each(join);
    counter.number()
}

/// Lets a process die while it owns the lock, after it has added to the first of two sums, and
/// another acquire the lock after that or before; it repairs the sums if it is told of the death.
/// Returns both sums as the second process leaves them.
pub fn one_dies() -> [u64; 2] {
    let shared = Arc::new(<(RawRobustLock, AtomicU64, AtomicU64)>::default());
    let shared2 = Arc::clone(&shared);
    let killed = start("killed", move || {
        set_pid(1);
        let (lock, first, _) = &*shared2;
        lock.lock();
        let _holds = info_span!("holds", what = "lock");
        first.store(first.load(Relaxed) + 1, Relaxed);
        tracing::info!("is killed");
        die(lock);
    });
    let shared2 = Arc::clone(&shared);
    let next = start("next", move || {
        set_pid(2);
        let (lock, first, second) = &*shared2;
        let acquired = lock.lock();
        let _holds = info_span!("holds", what = "lock");
        if acquired != Acquired::Whole {
            assert_eq!(acquired, Acquired::OwnerDied(Some(ProcessId::from_bits(1))));
            second.store(first.load(Relaxed), Relaxed);
        }
        let sums = [first.load(Relaxed), second.load(Relaxed)];
        lock.unlock(true);
        sums
    });
    join(killed);
    join(next)
}

/// A ring with room for two numbers: the positions and headers are the real ones.
#[derive(Default)]
struct Ring {
    tail: Position,
    head: Position,
    /// Two places: a header, and the number behind it.
    places: [(AtomicU64, AtomicU64); 2],
}

/// The bytes that a number takes, which are those of its header, and those of both places.
const NUMBER: u64 = 8;
const CAPACITY: u64 = 2 * NUMBER;

impl Ring {
    fn place(&self, position: u64) -> &(AtomicU64, AtomicU64) {
        &self.places[(position / NUMBER % 2) as usize]
    }

    /// Sends the numbers from 1 to `last`, unless the consumer closes its end; then closes this one.
    /// Returns how many it has sent.
    fn send(&self, last: u64) -> u64 {
        let (mut patience, mut released) = (Patience::new(0), 0);
        for number in 1..=last {
            let end = number * NUMBER;
            let at = end - NUMBER;
            while end - released > CAPACITY {
                let _waits = info_span!("waits", what = "room", from = "consumer");
                let head = || Some(self.head.look() & !CLOSED).filter(|now| *now != released);
                match self.head.wait(&self.tail, &mut patience, head, || true) {
                    Ok(now) => released = now,
                    Err(_) => return number - 1,
                }
            }
            let _writes = info_span!("runs", what = "writes");
            if end - released < CAPACITY {
                self.place(end).0.store(0, Relaxed);
            }
            let (header, place) = self.place(at);
            place.store(number, Relaxed);
            self.tail.publish(end, header, lap(at, CAPACITY) | NUMBER);
        }
        self.tail.close(last * NUMBER);
        last
    }

    /// Receives up to `most` numbers, unless the producer closes its end; then closes this one.
    fn receive(&self, most: usize) -> Vec<u64> {
        let (mut patience, mut at, mut received) = (Patience::new(0), 0, Vec::new());
        while received.len() < most {
            let (place, number) = self.place(at);
            let there = || header(place, lap(at, CAPACITY));
            let waits = info_span!("waits", what = "a message", from = "producer");
            if self.tail.wait(&self.head, &mut patience, there, || true).is_err() {
                return received;
            }
            drop(waits);
            received.push(number.load(Relaxed));
            at += NUMBER;
            self.head.move_to(at);
        }
        self.head.close(at);
        received
    }
}

fn ring(sent: u64, received: usize) -> (u64, Vec<u64>) {
    let ring = Arc::new(Ring::default());
    let ring2 = Arc::clone(&ring);
    let producer = start("producer", move || ring2.send(sent));
    let received = ring.receive(received);
    (join(producer), received)
}

/// Publishes a message of two numbers in pieces, and returns what the consumer reads: the first when
/// the header is there, the second when the tail is beyond it.
pub fn in_pieces() -> [u64; 2] {
    let ring = Arc::new(Ring::default());
    let ring2 = Arc::clone(&ring);
    let producer = start("producer", move || {
        for end in [NUMBER, CAPACITY] {
            ring2.place(end - NUMBER).1.store(end, Relaxed);
            ring2.tail.publish(end, &ring2.place(0).0, CAPACITY);
        }
    });
    let mut patience = Patience::new(0);
    let mut read = |end: u64| {
        let there = || header(&ring.place(0).0, 0).filter(|_| ring.tail.look() >= end);
        ring.tail.wait(&ring.head, &mut patience, there, || true).expect("it does not close");
        ring.place(end - NUMBER).1.load(Relaxed)
    };
    let numbers = [read(NUMBER), read(CAPACITY)];
    join(producer);
    numbers
}

/// Sends three numbers through a ring with room for two, and closes it; returns what is received.
pub fn hand_over() -> Vec<u64> {
    ring(3, usize::MAX).1
}

/// Receives one number through a ring with room for two, and closes it, while the producer has more
/// to send; returns how many are sent: three, for the place of the first was released.
pub fn closing() -> u64 {
    ring(u64::MAX >> 4, 1).0
}
