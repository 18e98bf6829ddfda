//! What the tasks of an executor share: the run queue, the list of all tasks, the timers, and the inbox.
//!
//! All but the inbox belongs to the executor's own thread, and is never locked.
#![expect(unsafe_code, reason = "lists whose links are in the tasks themselves")]

use std::cell::{Cell, RefCell};
use std::ptr::{NonNull, null};
use std::sync::Arc;
use std::thread::Thread;

use super::inbox::Inbox;
use super::task::{DONE, Header, QUEUED, TaskRef};
use super::timer::Timers;

/// Is what a task needs of its executor.
pub(super) struct Core {
    pub(super) inbox: Inbox<Cell<u8>>,
    pub(super) thread: Thread,
    /// The run queue's ends: who is next, and behind whom a task that is woken stands.
    first: Cell<*const Header>,
    last: Cell<*const Header>,
    /// Some task; each has a neighbour to the left and to the right.
    tasks: Cell<*const Header>,
    pub(super) timers: RefCell<Timers>,
}

// SAFETY: other threads reach a core by a waker alone, and use only the inbox and the thread's handle, which are for all threads. The rest is
// used where the core is entered (`is_here`) or the `Executor`, which cannot be sent, is in hand: on one thread. It may be
// dropped on any: by then the executor is gone, and has emptied it.
unsafe impl Send for Core {}
// SAFETY: as above.
unsafe impl Sync for Core {}

thread_local! {
    /// The core whose tasks this thread runs.
    static HERE: Cell<*const Core> = const { Cell::new(null()) };
}

/// Enters a core until it is dropped.
pub(super) struct Entered(*const Core);

impl Drop for Entered {
    fn drop(&mut self) {
        HERE.set(self.0);
    }
}

/// Returns the core whose task runs here, if one does.
pub(super) fn here() -> Option<Arc<Core>> {
    let core = NonNull::new(HERE.get().cast_mut())?;
    // SAFETY: who entered the core keeps it until it is left, and it is in an Arc.
    unsafe {
        Arc::increment_strong_count(core.as_ptr());
        Some(Arc::from_raw(core.as_ptr()))
    }
}

impl Core {
    pub(super) fn new(timers: Timers) -> Self {
        Self {
            inbox: Inbox::new(),
            thread: std::thread::current(),
            first: Cell::new(null()),
            last: Cell::new(null()),
            tasks: Cell::new(null()),
            timers: RefCell::new(timers),
        }
    }

    pub(super) fn enter(&self) -> Entered {
        Entered(HERE.replace(self))
    }

    pub(super) fn is_here(&self) -> bool {
        std::ptr::eq(HERE.get(), self)
    }

    /// Puts a task at the end of the run queue, unless it is there, or done.
    pub(super) fn queue(&self, task: TaskRef) {
        // SAFETY: a task that is queued is kept until it is taken out, also if it is done meanwhile; and who queues one refers to it.
        let (header, last) = unsafe { (task.header(), self.last.get().as_ref()) };
        if header.is(QUEUED | DONE) {
            return;
        }
        header.set(QUEUED);
        header.after.set(null());
        self.last.set(task.0.as_ptr());
        match last {
            Some(last) => last.after.set(task.0.as_ptr()),
            None => self.first.set(task.0.as_ptr()),
        }
    }

    /// Takes the next task out of the run queue. Those that are done are let go of on the way.
    pub(super) fn next(&self) -> Option<TaskRef> {
        loop {
            let task = TaskRef(NonNull::new(self.first.get().cast_mut())?);
            // SAFETY: as in `queue`.
            let header = unsafe { task.header() };
            self.first.set(header.after.get());
            if self.first.get().is_null() {
                self.last.set(null());
            }
            header.unset(QUEUED);
            if !header.is(DONE) {
                return Some(task);
            }
            // SAFETY: it was left to the queue to give this reference back.
            unsafe { task.release() };
        }
    }

    pub(super) fn nothing_queued(&self) -> bool {
        self.first.get().is_null()
    }

    /// Moves what other threads have woken into the run queue.
    pub(super) fn receive(&self) {
        self.inbox.take(|node| {
            let task = TaskRef(node.cast());
            // SAFETY: the inbox had a reference, which is given back here.
            unsafe {
                task.header().node.receive();
                self.queue(task);
                task.release();
            }
        });
    }

    /// Takes a task in, with one of its references.
    pub(super) fn own(&self, task: TaskRef) {
        let right = self.tasks.replace(task.0.as_ptr());
        // SAFETY: the task is new; the other one, being in the list, is kept.
        let (header, neighbour) = unsafe { (task.header(), right.as_ref()) };
        header.right.set(right);
        if let Some(neighbour) = neighbour {
            neighbour.left.set(task.0.as_ptr());
        }
    }

    /// Lets go of a task that is done.
    ///
    /// # Safety
    /// It must be one that was taken in, and this must be the only time.
    pub(super) unsafe fn disown(&self, task: TaskRef) {
        // SAFETY: it is in the list, and so are its neighbours.
        let (header, left, right) = unsafe {
            let header = task.header();
            (header, header.left.get().as_ref(), header.right.get().as_ref())
        };
        if let Some(right) = right {
            right.left.set(header.left.get());
        }
        match left {
            Some(left) => left.right.set(header.right.get()),
            None => self.tasks.set(header.right.get()),
        }
        if !header.is(QUEUED) {
            // SAFETY: the list had this reference. If it is queued, it is left to the queue to give it back.
            unsafe { task.release() };
        }
    }

    /// Drops the futures of all tasks, and forgets who was woken.
    pub(super) fn shut_down(&self) {
        let _here = self.enter();
        while let Some(task) = NonNull::new(self.tasks.get().cast_mut()).map(TaskRef) {
            // SAFETY: it is in the list, and no task runs, since the executor is being dropped. One that is done is there if a
            // panic came out of `block_on` on the way from its end to here.
            unsafe {
                if !task.header().is(DONE) {
                    task.cancel();
                }
                self.disown(task);
            }
        }
        while self.next().is_some() {}
        // SAFETY: the inbox had a reference to each.
        self.inbox.close(|node| unsafe { TaskRef(node.cast()).release() });
        let timers = std::mem::take(&mut *self.timers.borrow_mut());
        drop(timers);
    }
}
