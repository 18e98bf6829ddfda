//! What the tasks of an executor share: the run queue, the list of all tasks, the timers, and the inbox.
//!
//! All but the inbox belongs to the executor's own thread, and is never locked.
#![expect(unsafe_code, reason = "lists whose links are in the tasks themselves")]

use std::cell::{Cell, RefCell};
use std::ptr::{NonNull, null, without_provenance};
use std::sync::Arc;
use std::thread::Thread;

use super::inbox::Inbox;
use super::task::{DONE, Header, Own, TaskRef};
use super::timer::Timers;

/// Is what a task needs of its executor.
pub(super) struct Core {
    pub(super) inbox: Inbox<Own>,
    pub(super) thread: Thread,
    /// Who is next in the run queue; [`END`]: nobody.
    first: Cell<*const Header>,
    /// Behind whom a task that is woken stands, unless nobody is there.
    last: Cell<*const Header>,
    /// Some task; each has a neighbour to the left and to the right.
    tasks: Cell<*const Header>,
    pub(super) timers: RefCell<Timers>,
    /// So many of the counts of its Arc wait for the next tasks.
    spare: Cell<usize>,
}

// SAFETY: other threads reach a core by a waker alone, and use only the inbox and the thread's handle, which are for all threads. The rest is
// used where the core is entered (`is_here`) or the `Executor`, which cannot be sent, is in hand: on one thread. It may be
// dropped on any: by then the executor is gone, and has emptied it.
unsafe impl Send for Core {}
// SAFETY: as above.
unsafe impl Sync for Core {}

/// Is behind the last task of the run queue.
const END: *const Header = without_provenance(1);
/// Is behind a task that is done and out of the queue, so that it never gets there again.
pub(super) const GONE: *const Header = without_provenance(2);

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

/// Asks something of the core whose task runs here, if one does.
pub(super) fn here<R>(ask: impl FnOnce(&Core) -> R) -> Option<R> {
    // SAFETY: who entered the core keeps it until it is left; and who asks is called by him.
    unsafe { HERE.get().as_ref() }.map(ask)
}

impl Core {
    /// Makes one; all are in an Arc.
    pub(super) fn new(timers: Timers) -> Arc<Self> {
        Arc::new(Self {
            inbox: Inbox::new(),
            thread: std::thread::current(),
            first: Cell::new(END),
            last: Cell::new(END),
            tasks: Cell::new(null()),
            timers: RefCell::new(timers),
            spare: Cell::new(0),
        })
    }

    pub(super) fn enter(self: &Arc<Self>) -> Entered {
        // The pointer of the Arc itself, from which another Arc can be made.
        Entered(HERE.replace(Arc::as_ptr(self)))
    }

    /// Counts one more who keeps the core that is entered here. Where a task has given one back, it needs nothing atomic.
    pub(super) fn counted(&self) -> Arc<Self> {
        let core = HERE.get();
        assert!(self.is_here(), "it is asked of the core that is entered");
        // SAFETY: it came from an Arc, which whoever entered it keeps until it is left. One that waits is counted already.
        unsafe {
            match self.spare.get().checked_sub(1) {
                Some(left) => self.spare.set(left),
                None => Arc::increment_strong_count(core),
            }
            Arc::from_raw(core)
        }
    }

    /// Takes back what a task had counted: for the next task, if the core is entered here.
    pub(super) fn give_back(this: Arc<Self>) {
        if this.is_here() {
            this.spare.set(this.spare.get() + 1);
            let _ = Arc::into_raw(this);
        }
    }

    pub(super) fn is_here(&self) -> bool {
        std::ptr::eq(HERE.get(), self)
    }

    /// Puts a task at the end of the run queue, unless it is there, or gone.
    pub(super) fn queue(&self, task: TaskRef) {
        // SAFETY: who queues a task refers to it.
        let header = unsafe { task.header() };
        if !header.after.get().is_null() {
            return;
        }
        header.after.set(END);
        let last = self.last.replace(task.0.as_ptr());
        if self.nothing_queued() {
            self.first.set(task.0.as_ptr());
        } else {
            // SAFETY: somebody is in the queue, so the last one is; and a task that is there is kept until it is taken out, also if it is
            // done meanwhile.
            unsafe { (*last).after.set(task.0.as_ptr()) };
        }
    }

    /// Takes the next task out of the run queue. Those that are done are let go of on the way.
    pub(super) fn next(&self) -> Option<TaskRef> {
        while !self.nothing_queued() {
            let task = TaskRef(NonNull::new(self.first.get().cast_mut())?);
            // SAFETY: as in `queue`.
            let header = unsafe { task.header() };
            self.first.set(header.after.replace(null()));
            if !header.is(DONE) {
                return Some(task);
            }
            // SAFETY: it was left to the queue to give this reference back.
            unsafe { task.leave() };
        }
        None
    }

    pub(super) fn nothing_queued(&self) -> bool {
        self.first.get() == END
    }

    /// Moves what other threads have woken into the run queue.
    pub(super) fn receive(&self) {
        self.inbox.take(|node| {
            let task = TaskRef(node.cast());
            // SAFETY: the inbox had a reference, which is given back here.
            unsafe {
                task.header().node.receive();
                self.queue(task);
                task.release(1);
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
        // SAFETY: the list had this reference.
        unsafe { task.leave() };
    }

    /// Drops the futures of all tasks, and forgets who was woken.
    pub(super) fn shut_down(self: &Arc<Self>) {
        let here = self.enter();
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
        self.inbox.close(|node| unsafe { TaskRef(node.cast()).release(1) });
        let timers = std::mem::take(&mut *self.timers.borrow_mut());
        drop(timers);
        drop(here);
        // From now on it is entered nowhere, and no more are given back.
        for _ in 0..self.spare.take() {
            // SAFETY: it was counted, and forgotten by `give_back`; the caller's own Arc is not among them.
            unsafe { Arc::decrement_strong_count(Arc::as_ptr(self)) };
        }
    }
}
