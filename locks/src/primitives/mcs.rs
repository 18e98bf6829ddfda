//! A fair lock whose line is a linked list: each thread spins on a cell of its own, which the one
//! before it writes once.
//!
//! All who wait for a ticket look at one word, and each change of it is fetched by all their cores.
//! Here a change concerns one thread. The lock knows the end of the line and its beginning:
//!
//! | `tail` | `next` | meaning | left by |
//! | --- | --- | --- | --- |
//! | null | null | nobody is inside | an exchange of null for `HELD` |
//! | `HELD` | null | one thread is inside, nobody waits | `unlock`: null again; or an arrival: its place |
//! | a place | null | one has come, and is about to link itself | that one: `next` is its place |
//! | a place | a place | one is inside; `next` is the first that waits, `tail` the last | `unlock` tells the first, who takes over the rest |
//!
//! In the textbook's form the holder, too, keeps a place in the list, and so needs one from `lock`
//! to `unlock`. Here it leaves the list as it goes in, and takes along who comes after it; so a
//! place lives on the stack of `lock`, nothing is allocated, and a guard is empty.
//!
//! ```
//! use locks::real::primitives::McsLock;
//!
//! let sum = McsLock::new(0);
//! std::thread::scope(|scope| {
//!     scope.spawn(|| *sum.lock() += 1);
//!     scope.spawn(|| *sum.lock() += 1);
//! });
//! assert_eq!(sum.into_inner(), 2);
//! ```
//!
//! # Relationship with std
//! As for the ticket lock: **take std's**, or `parking_lot::FairMutex`, which keeps a queue as well
//! and lets who waits sleep. This one is for many cores that want one short section, none of which
//! is ever put aside: the Linux kernel's spin lock is made like it.
//!
//! # Source
//! Mellor-Crummey and Scott, "Algorithms for Scalable Synchronization on Shared-Memory
//! Multiprocessors", 1991. That the holder leaves the list is from the K42 system (Auslander,
//! Edelsohn, Krieger, Rosenburg and Wisniewski, 2003), told in M. L. Scott, "Shared-Memory
//! Synchronization", 2013, chapter 4. There `tail` of a lock without a line points to the lock
//! itself; here it is a mark, so that a lock whose guard was forgotten may be moved.
#![expect(unsafe_code, reason = "threads reach places on each other's stacks")]

use std::ptr;

use super::back_off::BackOff;
use super::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicBool, AtomicPtr};

/// Lets one thread in at a time, in the order in which they have asked; who waits spins on a cell
/// of its own.
#[derive(Debug)]
pub struct RawMcsLock {
    /// The last in line; or [`HELD`], or null.
    pub(super) tail: AtomicPtr<Place>,
    /// The first in line. Written by who is inside, and, while `tail` was `HELD`, by the one that
    /// comes.
    pub(super) next: AtomicPtr<Place>,
}

/// A thread's place in line, on its stack.
#[derive(Debug)]
pub(super) struct Place {
    /// Who comes after; written once, by that one.
    next: AtomicPtr<Place>,
    /// Whether the thread has to wait; written once, by who gives it the lock.
    waits: AtomicBool,
}

/// Says that one thread is inside and nobody waits. No place has an odd address.
const HELD: *mut Place = ptr::without_provenance_mut(1);

impl RawMcsLock {
    /// Joins the line, and spins until the one before gives the lock on.
    ///
    /// # Blocking
    /// As long as others have the lock or stand in line before. A thread that holds it already
    /// waits for itself, for ever.
    ///
    /// # Fairness
    /// First come, first served: nobody is overtaken by who joins the line later.
    ///
    /// # Memory ordering
    /// - The swap's Release: who comes next finds a place that is made. Its Acquire is the partner
    ///   of that, and of the two exchanges that write `HELD` and null.
    /// - The link's Release: its partner is the Acquire of who reads it, and then writes `waits`.
    /// - The look at `waits` is Acquire; its partner is the Release in `unlock`: all that was done
    ///   under the lock comes before.
    /// - The exchange for `HELD` is Release: that `next` is null comes before the link of whoever
    ///   finds `HELD`.
    #[inline]
    pub fn lock(&self) {
        if !self.try_lock() {
            self.join_the_line();
        }
    }

    #[cold]
    fn join_the_line(&self) {
        let place = Place { next: AtomicPtr::new(ptr::null_mut()), waits: AtomicBool::new(true) };
        let me = ptr::from_ref(&place).cast_mut();
        let before = self.tail.swap(me, AcqRel);
        if !before.is_null() {
            let link = if before == HELD {
                &self.next
            } else {
                // SAFETY: to be borrowed, it must be a live `Place` that nobody borrows mutably. It
                // was another thread's `me`. That thread's exchange of it for `HELD` can no longer
                // succeed, since `tail` was still that place when we took it away; so that thread
                // does not leave before it has read our link, and we do not touch its place after
                // we have written that. All access is shared: the fields are atomics.
                unsafe { &(*before).next }
            };
            link.store(me, Release);
            let mut back_off = BackOff::default();
            while place.waits.load(Acquire) {
                back_off.in_queue(1);
            }
        }
        // Inside. Now out of the line: the lock's own `next` takes the place of this one's.
        let mut after = place.next.load(Acquire);
        if after.is_null() {
            self.next.store(ptr::null_mut(), Relaxed);
            if self.tail.compare_exchange(me, HELD, Release, Relaxed).is_ok() {
                return;
            }
            after = linked(&place.next);
        }
        // Relaxed: who gives the lock back reads it, the same thread or one that this one's guard
        // was sent to.
        self.next.store(after, Relaxed);
    }

    /// Takes the lock if nobody is inside or in line.
    ///
    /// # Memory ordering
    /// An exchange that is won is Acquire; its partner is the Release of the exchange in `unlock`.
    #[inline]
    pub fn try_lock(&self) -> bool {
        self.tail.compare_exchange(ptr::null_mut(), HELD, Acquire, Relaxed).is_ok()
    }

    /// Gives the lock on to the first in line, or back.
    ///
    /// # Blocking
    /// For the moment, if someone is in it, between joining the line and saying so.
    ///
    /// # Safety
    /// The lock must have been taken, and that must not have been given back yet. Any thread may do
    /// it.
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
        // SAFETY: to be borrowed, it must be a live `Place` that nobody borrows mutably. It is the
        // `me` of a thread that is in line: it does not leave `join_the_line` while its `waits` is
        // true, and who is inside, on whose behalf this is called, alone makes it false. All access
        // is shared.
        let waits = unsafe { &(*after).waits };
        waits.store(false, Release);
    }

    /// Tells whether someone is inside; a moment later, that may be otherwise.
    pub fn is_locked(&self) -> bool {
        !self.tail.load(Relaxed).is_null()
    }

    /// Returns what tells the last in line from all others that are in it: another number says that
    /// someone has joined.
    pub fn tail(&self) -> usize {
        self.tail.load(Relaxed).addr()
    }
}

/// Waits until the one that has joined the line behind has said so.
///
/// # Memory ordering
/// Acquire, for the Release of the link: who follows it finds a place that is made.
#[cold]
fn linked(next: &AtomicPtr<Place>) -> *mut Place {
    let mut back_off = BackOff::default();
    loop {
        let after = next.load(Acquire);
        if !after.is_null() {
            return after;
        }
        back_off.in_queue(1);
    }
}
