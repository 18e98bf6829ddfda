//! What belongs to the executor's own thread, and is never locked: the run queue, the tasks in
//! their slots, and the timers.
#![expect(unsafe_code, reason = "a thread-local refers to what the thread runs")]

use std::cell::{Cell, RefCell, UnsafeCell};
use std::future::pending;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::inbox::Inbox;
use super::join::JoinHandle;
use super::task::{State, Task, Whole};
use super::timer::Timers;
use super::waker::{Id, register, unregister};
use crate::contain::contain;

/// What the tasks of an executor share.
#[derive(Default)]
pub(super) struct Local {
    number: u16,
    /// The run queue: a list that leads through the tasks themselves. `last` is the last one, if
    /// there is a first one.
    first: Cell<Option<Task>>,
    last: Cell<Option<Task>>,
    /// The tasks in their slots, which own them.
    slots: UnsafeCell<Vec<Option<Task>>>,
    free: RefCell<Vec<usize>>,
    /// The tag of the next task.
    tag: Cell<u16>,
    pub(super) timers: Rc<RefCell<Timers>>,
    pub(super) inbox: Arc<Inbox<Id>>,
    #[cfg(target_os = "linux")]
    pub(super) reactor: std::cell::OnceCell<Rc<super::reactor::Reactor>>,
}

/// The slot of what the future that `block_on` runs is to others: a task. A waker of an earlier
/// `block_on` may wake it: that costs a spurious poll, which any future has to bear.
pub(super) const MAIN: usize = 0;

thread_local! {
    /// The executor whose tasks this thread runs. Without a destructor, it can be used until the
    /// thread's very end, also by an executor that is itself in a thread-local.
    static HERE: Cell<Option<NonNull<Local>>> = const { Cell::new(None) };
}

/// Asks something of the executor that runs the caller, if there is one.
#[inline]
pub(super) fn here<R>(ask: impl FnOnce(&Local) -> R) -> Option<R> {
    // SAFETY: `Entered`, which has put it there, borrows it until it has taken it back.
    HERE.get().map(|local| ask(unsafe { local.as_ref() }))
}

/// A guard: until it is dropped, this thread runs an executor's tasks.
pub(super) struct Entered<'a>(Option<NonNull<Local>>, PhantomData<&'a Local>);

pub(super) fn enter(local: &Local) -> Entered<'_> {
    Entered(HERE.replace(Some(NonNull::from(local))), PhantomData)
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        HERE.set(self.0);
    }
}

impl Local {
    pub(super) fn new(timers: Timers) -> Self {
        let local = Self { timers: Rc::new(RefCell::new(timers)), ..Self::default() };
        let number = register(&local.inbox).expect("there is no number for another executor");
        let local = Self { number, ..local };
        drop(local.spawn(pending::<()>()));
        local
    }

    /// Does something with the slots, which calls no foreign code: a `RefCell` would cost each wake-up
    /// a tenth of its time.
    #[inline]
    fn with_slots<R>(&self, run: impl FnOnce(&mut Vec<Option<Task>>) -> R) -> R {
        // SAFETY: nobody else uses them meanwhile: no `run` in this file calls foreign code, or this.
        run(unsafe { &mut *self.slots.get() })
    }

    /// Returns the number of what the future that `block_on` runs is to others.
    pub(super) fn main(&self) -> Id {
        Id::new(self.number, 0, MAIN)
    }

    /// Sleeps until another thread wakes a task, a socket is ready, or the time is over.
    pub(super) fn sleep(&self, timeout: Duration) {
        #[cfg(target_os = "linux")]
        if let Some(reactor) = self.reactor.get() {
            return reactor.wait(timeout);
        }
        if !timeout.is_zero() {
            std::thread::park_timeout(timeout);
        }
    }

    pub(super) fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        let slot = self.free.borrow_mut().pop().unwrap_or_else(|| {
            let slots = self.with_slots(|slots| {
                slots.push(None);
                slots.len()
            });
            // Not in there: the panic hook is foreign code.
            assert!(slots < 1 << 32, "there is no number for another task");
            slots - 1
        });
        let tag = self.tag.replace(self.tag.get().wrapping_add(1));
        let whole = Whole::new(Id::new(self.number, tag, slot), future);
        self.with_slots(|slots| slots[slot] = Some(Task::new(whole)));
        self.queue(Task::new(whole));
        JoinHandle(whole)
    }

    /// Puts a task at the end of the queue, unless it is in the queue.
    #[inline]
    fn queue(&self, task: Task) {
        if task.queued.replace(true) {
            return;
        }
        match (self.first.get(), self.last.replace(Some(task))) {
            (Some(_), Some(last)) => last.behind.set(Some(task)),
            _ => self.first.set(Some(task)),
        }
    }

    /// Takes the first task out of the queue. Before it is polled: a wake-up during the poll means
    /// another poll.
    #[inline]
    pub(super) fn next(&self) -> Option<Task> {
        let first = self.first.get()?;
        first.queued.set(false);
        self.first.set(first.behind.take());
        Some(first)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.first.get().is_none()
    }

    /// Queues a task, if it is one of this executor's that is still there; returns whether it is.
    #[inline]
    pub(super) fn wake(&self, id: Id) -> bool {
        let task = self.with_slots(|slots| slots.get(id.slot()).copied().flatten());
        let task = task.filter(|task| task.id == id);
        task.map(|task| self.queue(task)).is_some()
    }

    /// Polls a task that was taken out of the queue. Nothing is borrowed meanwhile: it may spawn,
    /// wake and drop what it likes.
    #[inline]
    pub(super) fn run(&self, task: Task) {
        let slot = task.id.slot();
        if task.run() {
            self.with_slots(|slots| slots[slot] = None);
            self.free.borrow_mut().push(slot);
        }
    }

    /// Drops the futures of all tasks. It has to be entered: what is dropped may wake, spawn and
    /// sleep, until nothing is left. No panic on the way skips a task.
    pub(super) fn shut_down(&self) {
        unregister(self.number);
        self.with_slots(|slots| slots.iter().flatten().for_each(|&task| self.queue(task)));
        while let Some(task) = self.next() {
            if !task.is_finished() {
                task.state.set(State::Aborted);
            }
            self.run(task);
            for waker in { self.timers.take() }.into_wakers() {
                contain(|| drop(waker));
            }
        }
    }
}
