//! The run queue: a list that leads through the tasks themselves, so that to queue one takes no
//! memory and no lock.
#![expect(unsafe_code, reason = "the list refers to tasks that their slots own")]

use std::cell::Cell;

use super::task::Task;

#[derive(Default)]
pub(super) struct Queue {
    first: Cell<Option<Task>>,
    /// The last task, if there is a first one.
    last: Cell<Option<Task>>,
}

impl Queue {
    /// Puts a task at the end, unless it is in the queue.
    ///
    /// # Safety
    /// The task stays where it is until it is taken out, or the queue cleared.
    #[inline]
    pub(super) unsafe fn push(&self, task: Task) {
        // SAFETY: it is there, as the caller promises.
        let head = unsafe { task.head() };
        if head.queued.replace(true) {
            return;
        }
        match (self.first.get(), self.last.replace(Some(task))) {
            // SAFETY: it is in the queue, so it is where it was when it was put in.
            (Some(_), Some(last)) => unsafe { last.head() }.behind.set(Some(task)),
            _ => self.first.set(Some(task)),
        }
    }

    /// Takes the first task out. Before it is polled: a wake-up during the poll means another poll.
    #[inline]
    pub(super) fn pop(&self) -> Option<Task> {
        let first = self.first.get()?;
        // SAFETY: it is in the queue, as above.
        let head = unsafe { first.head() };
        head.queued.set(false);
        head.posted.clear();
        self.first.set(head.behind.take());
        Some(first)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.get().is_none()
    }

    pub(super) fn clear(&self) {
        self.first.set(None);
    }
}
