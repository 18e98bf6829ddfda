//! Where other threads put the tasks that they wake: a stack without a lock, which its owner empties at one stroke.
//!
//! A node is in the inbox at most once, however often it is woken: `POSTED` says that it is, or is just about to be. Its owner takes that
//! back *before* it looks at what the node was woken for; who wakes it after that posts it anew, who wakes it before has already written
//! what is to be seen. Since the owner takes all there is and never a single node, a node that comes back at the same address
//! confuses nobody (no ABA).
//!
//! ```text
//! any thread                                the owner
//! writes what is to be seen                 takes all nodes          (Acquire)
//! sets POSTED             (Release)         takes POSTED back        (Acquire)
//! pushes the node         (Release)         reads what was written
//! unparks the owner, if it was the first    parks, if there was none
//! ```
//!
//! # Source
//! The stack is R. K. Treiber's, "Systems Programming: Coping with Parallelism", 1986. The count of references is that of [`std::sync::Arc`].
#![expect(unsafe_code, reason = "its links are in what is posted")]

use std::ptr::{NonNull, null_mut, without_provenance_mut};

use super::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicPtr, AtomicU32};

/// The lowest bit of a node's state: it is in the inbox. The other bits count who refers to it.
const POSTED: u32 = 1;
const ONE: u32 = 2;

/// Is what an inbox is made of: counted by all threads, with a place for what its owner alone looks at.
#[derive(Debug)]
pub(super) struct Node<T> {
    /// The node that was posted before it. Written by whoever has set `POSTED`.
    next: AtomicPtr<Node<T>>,
    state: AtomicU32,
    /// The owner's.
    pub(super) own: T,
}

impl<T> Node<T> {
    /// Makes a node that so many refer to.
    pub(super) fn new(references: u32, own: T) -> Self {
        Self { next: AtomicPtr::new(null_mut()), state: AtomicU32::new(references * ONE), own }
    }

    /// Counts one more who refers to it. Relaxed: who does so has a reference already, and hands the new one on by other means.
    pub(super) fn retain(&self) {
        let before = self.state.fetch_add(ONE, Relaxed);
        // So many are only ever leaked ones. As in Arc, the alternative is to count over the end.
        if before > u32::MAX / 2 {
            std::process::abort();
        }
    }

    /// Counts so many less, all of them the caller's, and tells whether they were the last.
    ///
    /// # Memory ordering
    /// Release: what was done with the node comes before its end; Acquire: and its end comes after all of that. The partners are
    /// the other calls of this function. Where there are no others, nobody can be about to count another one, so that
    /// looking is enough, and much cheaper.
    #[must_use]
    pub(super) fn release(&self, references: u32) -> bool {
        self.state.load(Acquire) / ONE == references
            || self.state.fetch_sub(references * ONE, AcqRel) / ONE == references
    }

    /// Sets `POSTED`, and tells whether it was not set.
    ///
    /// # Memory ordering
    /// Release, also where it was set: its partner is the Acquire in [`receive`](Self::receive), which so sees what all who woke it wrote.
    fn claim(&self) -> bool {
        self.state.fetch_or(POSTED, Release) & POSTED == 0
    }

    /// Takes `POSTED` back. To be called before what it was woken for is looked at.
    pub(super) fn receive(&self) {
        self.state.fetch_and(!POSTED, Acquire);
    }
}

/// Says what became of a node that was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Posted {
    /// It is the first one there: the owner may be asleep and has to be woken.
    First,
    /// Others are there, and who posted the first of them wakes the owner; or it was there itself.
    Behind,
    /// Nobody will take it out: the inbox is closed.
    Closed,
}

/// Takes nodes from any thread, for one.
#[derive(Debug)]
pub(super) struct Inbox<T> {
    /// The node that was posted last; null: none; [`closed`]: none, and never again.
    newest: AtomicPtr<Node<T>>,
}

/// Is the address of no node.
fn closed<T>() -> *mut Node<T> {
    without_provenance_mut(1)
}

impl<T> Inbox<T> {
    /// Makes an empty inbox.
    pub(super) fn new() -> Self {
        Self { newest: AtomicPtr::new(null_mut()) }
    }

    /// Puts a node in, with a reference of its own, unless it is there.
    ///
    /// # Safety
    /// Who calls must have a reference to it, and it is gone only after its last one was given back.
    ///
    /// # Memory ordering
    /// Release; its partner is the Acquire in [`take`](Self::take). Each of these exchanges goes on with the release sequence of those
    /// before it, so that one Acquire is enough for all of them.
    pub(super) unsafe fn post(&self, this: NonNull<Node<T>>) -> Posted {
        // SAFETY: the caller has a reference. It is only ever changed by atomics. What goes into the list is the pointer as it came:
        // it may stand for more than the node.
        let node = unsafe { this.as_ref() };
        if !node.claim() {
            return Posted::Behind;
        }
        node.retain();
        // Mostly there is none. (To look first would cost a load, and hide from Loom, which keeps only the last access to a variable,
        // that the exchange after it depends on the owner's look.)
        let mut newest = null_mut();
        while newest != closed() {
            node.next.store(newest, Relaxed);
            match self.newest.compare_exchange_weak(newest, this.as_ptr(), Release, Relaxed) {
                Ok(before) if before.is_null() => return Posted::First,
                Ok(_) => return Posted::Behind,
                Err(now) => newest = now,
            }
        }
        // Not the last one: who posts it has one. POSTED stays, so that nobody tries again.
        let _ = node.release(1);
        Posted::Closed
    }

    /// Takes out all that is there, and hands each node to `each`, the oldest first; with it goes a reference.
    pub(super) fn take(&self, each: impl FnMut(NonNull<Node<T>>)) {
        // Relaxed: who posts after this look unparks the owner after that, and it looks again.
        if !self.newest.load(Relaxed).is_null() {
            Self::oldest_first(self.newest.swap(null_mut(), Acquire), each);
        }
    }

    /// Does the same, and lets nothing in any more.
    pub(super) fn close(&self, each: impl FnMut(NonNull<Node<T>>)) {
        Self::oldest_first(self.newest.swap(closed(), Acquire), each);
    }

    fn oldest_first(mut newest: *mut Node<T>, mut each: impl FnMut(NonNull<Node<T>>)) {
        let next = |node: NonNull<Node<T>>| {
            // SAFETY: it was taken out of the inbox, which had a reference to it.
            unsafe { &node.as_ref().next }
        };
        let mut oldest = null_mut();
        while let Some(node) = NonNull::new(newest).filter(|_| newest != closed()) {
            newest = next(node).load(Relaxed);
            next(node).store(oldest, Relaxed);
            oldest = node.as_ptr();
        }
        while let Some(node) = NonNull::new(oldest) {
            // Before it is handed on: from then on it may be posted anew, or be gone.
            oldest = next(node).load(Relaxed);
            each(node);
        }
    }
}
