//! A task, whatever its future: the head of its allocation, and the waker that points to it.
//!
//! A waker may be on any thread. There it uses the inbox, and all that it keeps alive is memory.
#![expect(unsafe_code, reason = "a waker is a pointer that it counts itself")]

use std::cell::Cell;
use std::mem::{ManuallyDrop, forget};
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::task::{RawWaker, RawWakerVTable, Waker};

use super::count::Count;
use super::inbox::{Inbox, Posted};
use super::local::{Local, here};

/// The number of a task's slot.
pub(super) type Key = u32;

/// A pointer to a task's head, and so to the whole of it. It counts for nothing: a slot's and a
/// handle's own one reference, each waker's one.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Task(NonNull<Head>);

/// How far a task has come.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(super) enum State {
    Runs,
    /// Its future is to be dropped, not polled.
    Aborted,
    Ended,
    /// It has left its slot, which gave its reference to the handle.
    Left,
    /// It has left its slot while there were wakers, and keeps the inbox for them.
    LeftWithWakers,
}

/// What becomes of a task's output.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Output {
    Wanted,
    /// The handle has it.
    Taken,
    /// The handle is dropped: nobody will ask for it.
    Unwanted,
}

/// What is done with a task by the type of its future.
pub(super) struct Calls {
    /// Polls it, or drops its future if it was aborted; returns whether its slot may give it up.
    pub(super) run: unsafe fn(Task, &Local) -> bool,
    pub(super) free: unsafe fn(Task),
}

/// All of a task but its future.
pub(super) struct Head {
    pub(super) calls: &'static Calls,
    count: Count,
    /// Its executor, as other threads know it, which counts it until the task has left its slot.
    inbox: ManuallyDrop<Arc<Inbox<Waker>>>,
    /// The task behind it in the queue.
    pub(super) behind: Cell<Option<Task>>,
    /// What wakes the task that awaits its end.
    pub(super) joiner: Cell<Option<Wakes>>,
    pub(super) key: Key,
    /// Another thread has put it into the inbox since its last poll.
    pub(super) posted: Posted,
    /// It is in the queue; or its slot gives it up, and it must not be queued again.
    pub(super) queued: Cell<bool>,
    pub(super) state: Cell<State>,
    pub(super) output: Cell<Output>,
}

impl Head {
    #[inline]
    pub(super) fn new(calls: &'static Calls, inbox: &Arc<Inbox<Waker>>, key: Key) -> Self {
        // SAFETY: it is counted by the executor, and not dropped here while it is not counted here.
        let inbox = ManuallyDrop::new(unsafe { ptr::read(inbox) });
        let (count, posted, state) = (Count::new(), Posted::new(), Cell::new(State::Runs));
        let (behind, joiner, queued) = Default::default();
        let output = Cell::new(Output::Wanted);
        Self { calls, count, inbox, behind, joiner, key, posted, queued, state, output }
    }

    #[inline]
    pub(super) fn is_finished(&self) -> bool {
        self.state.get() >= State::Ended
    }

    /// Returns what wakes the task that polls this one's handle.
    #[inline]
    pub(super) fn wakes(&self, waker: &Waker) -> Wakes {
        Wakes::of(waker, &self.inbox)
    }
}

impl Drop for Head {
    fn drop(&mut self) {
        if self.state.get() == State::LeftWithWakers {
            // SAFETY: `leave` has counted it, and it is used no more.
            unsafe { ManuallyDrop::drop(&mut self.inbox) };
        }
    }
}

impl Task {
    /// Returns the task that begins with a head.
    #[inline]
    pub(super) fn new(head: NonNull<Head>) -> Self {
        Self(head)
    }

    /// Returns a pointer to the whole of it.
    pub(super) fn whole<T>(self) -> NonNull<T> {
        self.0.cast()
    }

    /// # Safety
    /// It is not freed as long as the reference is used.
    #[inline]
    pub(super) unsafe fn head<'a>(self) -> &'a Head {
        // SAFETY: as the caller promises; a head is never borrowed mutably before it is freed.
        unsafe { self.0.as_ref() }
    }

    /// Returns a waker that is not counted: to be lent for a poll, or counted.
    ///
    /// # Safety
    /// It is used and cloned only while the task is there, and dropped only if it is counted.
    #[inline]
    pub(super) unsafe fn waker(self) -> ManuallyDrop<Waker> {
        // SAFETY: the functions of `WAKER` do what theirs must, on any thread: of a head they touch
        // `count`, `posted` and `inbox`, which are `Sync`; and the rest on its executor's thread.
        ManuallyDrop::new(unsafe { Waker::from_raw(RawWaker::new(self.0.as_ptr().cast(), &WAKER)) })
    }

    /// Wakes it: on its executor's thread, it goes into the queue; on others, into the inbox.
    ///
    /// # Safety
    /// The task is there.
    #[inline]
    pub(super) unsafe fn wake(self) {
        // SAFETY: it is there.
        let head = unsafe { self.head() };
        let queued = here(|local| {
            let is_ours = Arc::ptr_eq(&local.inbox, &head.inbox);
            if is_ours {
                // SAFETY: unless it has ended, after which it is not queued, its slot keeps it.
                unsafe { local.queue.push(self) };
            }
            is_ours
        });
        if queued != Some(true) && head.posted.note() {
            head.count.add();
            // SAFETY: it is counted.
            head.inbox.post(ManuallyDrop::into_inner(unsafe { self.waker() }));
        }
    }

    /// Leaves its slot after its end. From then on, the executor may be gone before it.
    ///
    /// # Safety
    /// The reference is that of the slot, which is not used again.
    pub(super) unsafe fn leave(self) {
        // SAFETY: its slot has kept it.
        let head = unsafe { self.head() };
        if head.count.is_one() {
            // It has ended, so that no waker will be made any more: nobody will use the inbox.
            head.state.set(State::Left);
        } else {
            forget(Arc::clone(&head.inbox));
            head.state.set(State::LeftWithWakers);
        }
        if head.output.get() == Output::Unwanted {
            // SAFETY: it is given up here.
            unsafe { self.release() };
        }
    }

    /// Gives up a reference, and frees the task if it was the last one.
    ///
    /// # Safety
    /// The reference is counted, and is not used again.
    #[inline]
    pub(super) unsafe fn release(self) {
        // SAFETY: it is counted.
        let head = unsafe { self.head() };
        if head.count.remove() {
            // SAFETY: it was the last one.
            unsafe { (head.calls.free)(self) };
        }
    }
}

static WAKER: RawWakerVTable = RawWakerVTable::new(
    |data| {
        let waker = ManuallyDrop::new(task(data));
        // SAFETY: the waker that is cloned counts as one.
        unsafe { waker.head() }.count.add();
        RawWaker::new(data, &WAKER)
    },
    |data| {
        // SAFETY: the waker counts as one until `release`.
        unsafe {
            task(data).wake();
            task(data).release();
        }
    },
    // SAFETY: the waker counts as one, or is lent while the task is there.
    |data| unsafe { task(data).wake() },
    // SAFETY: the waker counts as one, and is used no more.
    |data| unsafe { task(data).release() },
);

/// Returns the task of a waker's data.
#[inline]
fn task(data: *const ()) -> Task {
    Task(NonNull::new(data.cast_mut().cast()).expect("a waker points to its task"))
}

/// What wakes a task that waits for another task, or a timer.
#[derive(Debug)]
pub(super) enum Wakes {
    /// A task of the same executor, by its slot, which takes no count. If another task is in the
    /// slot by then, that one is polled in vain, which any future has to bear.
    Task(Key),
    Other(Waker),
}

impl Wakes {
    /// Returns what wakes the waker's task, in the executor to which the inbox belongs.
    #[inline]
    pub(super) fn of(waker: &Waker, inbox: &Arc<Inbox<Waker>>) -> Self {
        if ptr::eq(waker.vtable(), &WAKER) {
            // SAFETY: it is one of ours, so that its task is there.
            let head = unsafe { task(waker.data()).head() };
            if Arc::ptr_eq(&head.inbox, inbox) {
                return Self::Task(head.key);
            }
        }
        Self::Other(waker.clone())
    }
}
