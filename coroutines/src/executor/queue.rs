//! The run queue: a list that leads through the tasks themselves, so that to queue one takes no
//! memory and no lock.
#![expect(unsafe_code, reason = "the list refers to tasks that their slots own")]

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::task::Waker;

use super::inbox::{Inbox, Posted};

/// The number of a task's slot.
pub(super) type Key = u32;

/// What a slot asks of a task, whatever its future.
pub(super) trait Run {
    /// Polls the first task of the queue, or drops its future if it was aborted. The reference is a
    /// borrowed one. Returns the number of its slot once that may give it up.
    fn run(self: Arc<Self>, queue: &Queue) -> Option<Key>;
    /// Drops its future.
    fn cancel(&self);
}

/// A reference to a task that is counted elsewhere, in its slot: it is never dropped.
pub(super) type Borrowed = ManuallyDrop<Arc<dyn Run>>;

/// Returns a second reference where one is counted.
///
/// # Safety
/// It must not be dropped, nor used when the task is gone.
#[inline]
pub(super) unsafe fn borrow<T>(task: &Arc<T>) -> Arc<T> {
    // SAFETY: a reference may be read. That there are two now is what the caller answers for.
    unsafe { ptr::read(task) }
}

/// How far a task has come.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum State {
    Runs,
    /// Its future is to be dropped, not polled.
    Aborted,
    Ended,
}

/// All of a task but its future.
pub(super) struct Head {
    /// Its executor, as other threads know it.
    pub(super) inbox: Arc<Inbox<Waker>>,
    /// The task behind it in the queue.
    behind: Cell<Option<Borrowed>>,
    /// The waker of the task that awaits its end.
    pub(super) joiner: Cell<Option<Waker>>,
    pub(super) key: Key,
    /// Another thread has put it into the inbox since its last poll.
    pub(super) posted: Posted,
    /// It is in the queue; or it has left its slot, and must not be queued again.
    pub(super) queued: Cell<bool>,
    pub(super) state: Cell<State>,
    /// Its handle is dropped: nobody will ask for its output.
    pub(super) detached: Cell<bool>,
}

impl Head {
    pub(super) fn new(inbox: &Arc<Inbox<Waker>>, key: Key) -> Self {
        let [queued, detached] = [(); 2].map(|()| Cell::new(false));
        let (inbox, posted, state) = (Arc::clone(inbox), Posted::new(), Cell::new(State::Runs));
        let (behind, joiner) = Default::default();
        Self { inbox, behind, joiner, key, posted, queued, state, detached }
    }
}

#[derive(Default)]
pub(super) struct Queue {
    first: Cell<Option<Borrowed>>,
    /// The last task; `None`: the queue is empty.
    last: Cell<Option<NonNull<Head>>>,
}

impl Queue {
    /// Puts a task at the end, unless it is in the queue.
    ///
    /// # Safety
    /// The task, whose head this is, stays where it is until it is taken out, or the queue cleared.
    #[inline]
    pub(super) unsafe fn push(&self, task: Borrowed, head: &Head) {
        if head.queued.replace(true) {
            return;
        }
        match self.last.replace(Some(NonNull::from(head))) {
            None => self.first.set(Some(task)),
            // SAFETY: it is in the queue, so it is where it was when it was put in.
            Some(last) => unsafe { last.as_ref() }.behind.set(Some(task)),
        }
    }

    /// Returns the first task, which has to be taken out next.
    #[inline]
    pub(super) fn first(&self) -> Option<Borrowed> {
        self.first.take()
    }

    /// Takes the first task out. Before it is polled: a wake-up during the poll means another poll.
    #[inline]
    pub(super) fn take_out(&self, first: &Head) {
        first.queued.set(false);
        first.posted.clear();
        let second = first.behind.take();
        if second.is_none() {
            self.last.set(None);
        }
        self.first.set(second);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.last.get().is_none()
    }

    pub(super) fn clear(&self) {
        self.first.set(None);
        self.last.set(None);
    }
}
