//! What belongs to the executor's own thread, and is never locked: the run queue, the tasks in
//! their slots, and the timers.
#![expect(unsafe_code, reason = "a thread-local refers to what the thread runs")]

use std::cell::{Cell, RefCell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use slab::Slab;

use super::inbox::Inbox;
use super::join::JoinHandle;
use super::task::{Task, Whole};
use super::timer::Timers;
use super::waker::{Id, register, unregister};
use crate::contain::contain;

/// What the tasks of an executor share.
#[derive(Default)]
pub(super) struct Local {
    pub(super) number: u16,
    /// The run queue: a list that leads through the tasks themselves. `last` is the last one, if
    /// there is a first one.
    first: Cell<Option<Task>>,
    last: Cell<Option<Task>>,
    /// The tasks in their slots, which own them.
    slots: UnsafeCell<Slab<Task>>,
    /// The tag of the next task.
    tag: Cell<u16>,
    pub(super) timers: Rc<RefCell<Timers>>,
    pub(super) inbox: Arc<Inbox<Id>>,
    #[cfg(target_os = "linux")]
    pub(super) reactor: std::cell::OnceCell<Rc<super::reactor::Reactor>>,
}

/// The slot of what the future that `block_on` runs is to others: a task, in whose place it is
/// polled. A waker of an earlier `block_on` may wake it: that costs a spurious poll, which any
/// future has to bear.
pub(super) const MAIN: usize = 0;

thread_local! {
    /// The executor whose tasks this thread runs. Without a destructor, it can be used until the
    /// thread's very end, also by an executor that is itself in a thread-local.
    static HERE: Cell<Option<NonNull<Local>>> = const { Cell::new(None) };
}

/// Asks something of the executor that runs the caller, if there is one.
#[inline]
pub(super) fn here<R>(ask: impl FnOnce(&Local) -> R) -> Option<R> {
    // SAFETY: `enter`, which has put it there, borrows it until it has taken it back, and allows no
    // other order.
    HERE.get().map(|local| ask(unsafe { local.as_ref() }))
}

impl Local {
    pub(super) fn new(paused: Option<Instant>) -> Self {
        let mut local = Self::default();
        local.timers.borrow_mut().paused = paused;
        local.number = register(&local.inbox).expect("there is no number for another executor");
        drop(local.spawn(async {}));
        local
    }

    /// Does something with the slots, which calls no foreign code. A `RefCell` would cost each
    /// wake-up a tenth of its time.
    #[inline]
    fn with_slots<R>(&self, run: impl FnOnce(&mut Slab<Task>) -> R) -> R {
        // SAFETY: nobody else uses them meanwhile: no `run` in this file calls foreign code, nor
        // this function.
        run(unsafe { &mut *self.slots.get() })
    }

    /// Runs something on this thread as a part of this executor. Of two that are entered, the inner
    /// one is left first: a stackful coroutine that is suspended in one and ends in another could
    /// leave and free the outer one first, to which the inner one would return. Then the process
    /// ends.
    pub(super) fn enter<R>(&self, run: impl FnOnce() -> R) -> R {
        let here = Some(NonNull::from(self));
        let before = HERE.replace(here);
        let result = catch_unwind(AssertUnwindSafe(run));
        let result = if HERE.replace(before) == here { result } else { std::process::abort() };
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Sleeps, if no task is queued, until another thread wakes one, a socket is ready, or the next
    /// timer is due. With sockets, it looks for those that are ready in any case.
    pub(super) fn sleep(&self) {
        let is_idle = self.first.get().is_none();
        let timeout = if is_idle { self.timers.borrow_mut().until_next() } else { Duration::ZERO };
        #[cfg(target_os = "linux")]
        if let Some(reactor) = self.reactor.get() {
            return reactor.wait(timeout);
        }
        if is_idle {
            std::thread::park_timeout(timeout);
        }
    }

    pub(super) fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        let slot = self.with_slots(|slots| slots.vacant_key());
        let tag = self.tag.replace(self.tag.get().wrapping_add(1));
        let whole = Whole::boxed(Id::new(self.number, tag, slot), future);
        let task = Task(whole.cast());
        self.with_slots(|slots| slots.insert(task));
        self.queue(task);
        JoinHandle(whole)
    }

    /// Puts a task at the end of the queue, unless it is in the queue.
    #[inline]
    fn queue(&self, task: Task) {
        if !task.head().queued.replace(true) {
            match (self.first.get(), self.last.replace(Some(task))) {
                (Some(_), Some(last)) => last.head().behind.set(Some(task)),
                _ => self.first.set(Some(task)),
            }
        }
    }

    /// Takes the first task out of the queue. Before it is polled: a wake-up during the poll means
    /// another poll.
    #[inline]
    pub(super) fn next(&self) -> Option<Task> {
        let first = self.first.get()?;
        first.head().queued.set(false);
        self.first.set(first.head().behind.take());
        Some(first)
    }

    /// Queues a task, if it is one of this executor's that is still there; returns whether it is.
    #[inline]
    pub(super) fn wake(&self, id: Id) -> bool {
        let task = self.with_slots(|slots| slots.get(id.slot()).copied());
        task.filter(|task| task.head().id == id).map(|task| self.queue(task)).is_some()
    }

    /// Polls a task that was taken out of the queue. Nothing is borrowed meanwhile: it may spawn,
    /// wake and drop what it likes. If it has ended, and is not in the queue again, it leaves its
    /// slot.
    #[inline]
    pub(super) fn run(&self, task: Task) {
        task.run();
        if task.head().ended.get() && !task.head().queued.get() {
            self.with_slots(|slots| slots.remove(task.head().id.slot()));
            // SAFETY: it is found neither in its slot nor in the queue.
            unsafe { task.let_go() };
        }
    }

    /// Drops the futures of all tasks. It has to be entered: what is dropped may wake, spawn and
    /// sleep, until nothing is left. No panic on the way skips a task.
    pub(super) fn shut_down(&self) {
        unregister(self.number);
        self.with_slots(|slots| slots.iter().for_each(|(_, &task)| self.queue(task)));
        while let Some(task) = self.next() {
            task.head().aborted.set(true);
            self.run(task);
            // One by one: the end of one may set others.
            let timers = std::iter::from_fn(|| self.timers.borrow_mut().pop());
            timers.for_each(|waker| contain(|| drop(waker)));
        }
    }
}
