//! A FIFO lock whose queue is a linked list: each thread spins on a cell of its own, which its
//! predecessor writes once.
//!
//! All threads that wait for a ticket look at one word, and each change of it is fetched by all
//! their cores. Here a change concerns one thread. The lock knows both ends of the queue:
//!
//! | `tail` | `next` | meaning | left by |
//! | --- | --- | --- | --- |
//! | null | null | no thread is inside | a compare-and-swap of null for `HELD` |
//! | `HELD` | null | one thread is inside, none waits | `unlock`: null again; or an arrival: its node |
//! | a node | null | a thread is about to link itself | that thread: `next` is its node |
//! | a node | a node | `next` waits first, `tail` last | `unlock` hands over |
//!
//! In the textbook's form the holder, too, has a node in the list, and so needs one from `lock` to
//! `unlock`. Here it leaves the list as it enters, and keeps its successor; so a node lives on the
//! stack of `lock`, nothing is allocated, and a guard is empty.
//!
//! # Relationship with std
//! As for the ticket lock: **take std's**, or `parking_lot::FairMutex`, which keeps a queue as well
//! and parks its waiters. This one is for many cores that want one short section, and threads that
//! are never preempted: the Linux kernel's spin lock is made like it.
//!
//! # Source
//! Mellor-Crummey and Scott, "Algorithms for Scalable Synchronization on Shared-Memory
//! Multiprocessors", 1991. That the holder leaves the list is from the K42 system (Auslander,
//! Edelsohn, Krieger, Rosenburg and Wisniewski, 2003), described in M. L. Scott, "Shared-Memory
//! Synchronization", 2013, chapter 4. There `tail` of a lock without a queue points to the lock
//! itself; here it is a mark, so that a lock whose guard was forgotten may be moved.
#![expect(unsafe_code, reason = "threads reach nodes on each other's stacks")]

use std::ptr;

use super::back_off::BackOff;
use super::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicBool, AtomicPtr};

/// A raw lock that admits one thread at a time, in the order in which they have asked; a thread
/// that waits spins on a cell of its own.
#[derive(Debug)]
pub struct RawMcsLock {
    /// The last in the queue; or [`HELD`], or null.
    pub(super) tail: AtomicPtr<Node>,
    /// The first in the queue. Written by the thread inside, and, while `tail` was `HELD`, by the
    /// one that arrives.
    pub(super) next: AtomicPtr<Node>,
}

/// A thread's place in the queue, on its stack.
#[derive(Debug)]
pub(super) struct Node {
    /// The successor; written once, by that thread.
    next: AtomicPtr<Node>,
    /// Whether the thread has to wait; written once, by the thread that hands over the lock.
    waits: AtomicBool,
}

/// The mark of a lock with one thread inside and none that waits. No node has an odd address.
const HELD: *mut Node = ptr::without_provenance_mut(1);

impl RawMcsLock {
    /// Joins the queue, and spins until the predecessor hands over the lock.
    ///
    /// # Fairness
    /// FIFO: no thread is overtaken by one that joins the queue later.
    ///
    /// # Memory ordering
    /// - The swap's Release: the successor finds a node that is initialised. Its Acquire is the
    ///   partner of that, and of the two exchanges that write `HELD` and null.
    /// - The link's Release: its partner is the Acquire of the thread that reads it, and then
    ///   writes `waits`.
    /// - The look at `waits` is Acquire; its partner is the Release in `unlock`: all that was done
    ///   under the lock happens before.
    /// - The exchange for `HELD` is Release: that `next` is null happens before the link of a
    ///   thread that finds `HELD`.
    #[inline]
    pub fn lock(&self) {
        // A look first: a compare-and-swap that fails takes the cache line from the thread inside
        // all the same, once before the swap does.
        if self.is_locked() || !self.try_lock() {
            self.join_the_queue();
        }
    }

    #[cold]
    fn join_the_queue(&self) {
        let node = Node { next: AtomicPtr::new(ptr::null_mut()), waits: AtomicBool::new(true) };
        let me = ptr::from_ref(&node).cast_mut();
        let before = self.tail.swap(me, AcqRel);
        if !before.is_null() {
            let link = if before == HELD {
                &self.next
            } else {
                // SAFETY: to be borrowed, it must be a live `Node` that no thread borrows mutably.
                // It was another thread's `me`. That thread's exchange of it for `HELD` can no
                // longer succeed, since `tail` was still that node when this thread took it away;
                // so that thread does not leave before it has read this thread's link, and its node
                // is not touched after that is written. All access is shared: the fields are
                // atomics.
                unsafe { &(*before).next }
            };
            link.store(me, Release);
            let mut back_off = BackOff::default();
            while node.waits.load(Acquire) {
                back_off.in_queue(1);
            }
        }
        // Inside. Now out of the queue: the lock's own `next` takes the place of this one's.
        let mut after = node.next.load(Acquire);
        if after.is_null() {
            self.next.store(ptr::null_mut(), Relaxed);
            if self.tail.compare_exchange(me, HELD, Release, Relaxed).is_ok() {
                return;
            }
            after = linked(&node.next);
        }
        // Relaxed: the thread that releases the lock reads it, the same one or one that this one's
        // guard was sent to.
        self.next.store(after, Relaxed);
    }

    /// Acquires the lock if no thread is inside or in the queue.
    ///
    /// # Memory ordering
    /// A compare-and-swap that succeeds is Acquire; its partner is the Release of the exchange in
    /// `unlock`.
    #[inline]
    pub fn try_lock(&self) -> bool {
        self.tail.compare_exchange(ptr::null_mut(), HELD, Acquire, Relaxed).is_ok()
    }

    /// Hands the lock to the first in the queue, or frees it.
    ///
    /// # Blocking
    /// For the moment, if there is one, between a thread's arrival in the queue and its link.
    ///
    /// # Safety
    /// The lock must have been acquired, and not released since. Any thread may release it.
    ///
    /// # Memory ordering
    /// Both ways out are Release: the exchange for the Acquire of `try_lock` or of the swap, the
    /// store for the Acquire of the look at `waits`.
    #[inline]
    pub unsafe fn unlock(&self) {
        let mut after = self.next.load(Acquire);
        if after.is_null() {
            if self.tail.compare_exchange(HELD, ptr::null_mut(), Release, Relaxed).is_ok() {
                return;
            }
            after = linked(&self.next);
        }
        // SAFETY: to be borrowed, it must be a live `Node` that no thread borrows mutably. It is
        // the `me` of a thread in the queue: that thread does not leave `join_the_queue` while its
        // `waits` is true, and only the thread inside, on whose behalf this is called, makes it
        // false. All access is shared: the fields are atomics.
        let waits = unsafe { &(*after).waits };
        waits.store(false, Release);
    }

    /// Returns whether a thread is inside; a moment later, that may have changed.
    #[inline]
    pub fn is_locked(&self) -> bool {
        !self.tail.load(Relaxed).is_null()
    }

    /// Returns a number that changes when a thread joins the queue.
    pub fn tail(&self) -> usize {
        self.tail.load(Relaxed).addr()
    }
}

/// Waits until the thread that has joined the queue behind has linked itself. Acquire, for the Release
/// of the link: a thread that follows it finds a node that is initialised.
#[cold]
fn linked(next: &AtomicPtr<Node>) -> *mut Node {
    let mut back_off = BackOff::default();
    loop {
        let after = next.load(Acquire);
        if !after.is_null() {
            return after;
        }
        back_off.in_queue(1);
    }
}
