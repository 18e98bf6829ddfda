//! A queue that is a linked list: a thread joins it in two steps, and the thread that releases the
//! lock may come between them.
//!
//! First a thread makes itself the tail, which tells it its predecessor; then it links itself to
//! that one. A thread that releases the lock and finds no link must not take that for "nobody
//! waits". The two variants differ in that alone. Their list is one of numbers, and a thread that
//! waits parks on a word of its own, so that a model can follow them to their end; the complete
//! lock, of pointers, is `primitives/mcs.rs`.

use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::fifo;
use super::lane::{two, work};
use super::primitives::McsLock;
use super::sync::Arc;
use super::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicU32, AtomicUsize};
use super::{sync_point, word::Word};

/// The number that stands for no thread.
const NOBODY: usize = 2;

/// A lock with a queue of at most two threads, whose numbers are 0 and 1.
struct Queue {
    tail: AtomicUsize,
    nodes: [Node; 2],
    entered: AtomicU32,
    window: SyncPoint,
}

struct Node {
    /// 1 + the number of the successor; 0 if that one has not linked itself.
    next: Word,
    turn: Word,
}

impl Queue {
    fn new() -> Arc<Self> {
        let node = || Node { next: Word::new(0), turn: Word::new(0) };
        let (tail, nodes) = (AtomicUsize::new(NOBODY), [node(), node()]);
        Arc::new(Self { tail, nodes, entered: AtomicU32::new(0), window: sync_point() })
    }

    fn acquire(&self, me: usize) {
        let before = self.tail.swap(me, AcqRel);
        if before == NOBODY {
            return;
        }
        let _waits = info_span!("waits", what = "its turn");
        // The window: in the queue, and linked to nobody. It lasts until the predecessor has
        // looked.
        self.window.meet();
        self.window.meet();
        self.nodes[before].next.store(1 + me as u32, Release);
        self.nodes[before].next.wake_one();
        while self.nodes[me].turn.load(Acquire) == 0 {
            self.nodes[me].turn.wait(0);
        }
    }

    /// Hands the lock to the successor, or frees it. Where a successor has not linked itself, `link`
    /// returns whether it has by now.
    fn release(&self, me: usize, link: fn(&Word) -> bool) {
        let Node { next, .. } = &self.nodes[me];
        if next.load(Acquire) == 0 {
            if self.tail.compare_exchange(me, NOBODY, Release, Relaxed).is_ok() {
                return;
            }
            info!("finds no link");
            self.window.meet();
            if !link(next) {
                return;
            }
        }
        let turn = &self.nodes[next.load(Acquire) as usize - 1].turn;
        turn.store(1, Release);
        turn.wake_one();
    }

    fn hold(&self, pace: Duration) {
        let _holds = info_span!("holds", what = "lock");
        work(pace);
        self.entered.fetch_add(1, Relaxed);
    }
}

/// Lets two threads acquire the lock; for real, `t2` joins the queue while `t1` holds the lock for
/// `pace`. Returns the number of threads that acquired it.
fn run(pace: Duration, link: fn(&Word) -> bool) -> u32 {
    let queue = Queue::new();
    two(
        &queue,
        move |queue| {
            queue.acquire(0);
            queue.window.meet();
            queue.hold(pace);
            // t2 has joined the queue behind.
            queue.window.meet();
            queue.release(0, link);
        },
        move |queue| {
            queue.window.meet();
            queue.acquire(1);
            queue.hold(pace);
            queue.release(1, link);
        },
    );
    queue.entered.load(Relaxed)
}

/// Goes away where there is no link: the thread that is about to link itself is never told.
///
/// # Blocking
/// For ever, if `t1` looks for a link before `t2` has made it.
pub fn unlinked(pace: Duration) -> u32 {
    // There is a successor, and it has not said which. What now?
    run(pace, |_| false)
}

/// Waits for the link, where there is a successor without one: it takes that thread a moment.
pub fn linked(pace: Duration) -> u32 {
    run(pace, |next| {
        while next.load(Acquire) == 0 {
            next.wait(0);
        }
        true
    })
}

/// Lets `waiters` threads join the queue of the complete lock one by one; returns the order in
/// which they acquired it.
pub fn in_order(waiters: u32, pace: Duration) -> Vec<u32> {
    fifo::in_order(&Arc::new(McsLock::default()), waiters, pace)
}
