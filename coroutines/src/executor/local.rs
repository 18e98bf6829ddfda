//! What belongs to the executor's own thread, and is never locked: the run queue, the tasks in
//! their slots, and the timers.

#![expect(unsafe_code, reason = "the queue refers to tasks that their slots own")]

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::future::Whole;
use super::inbox::Inbox;
use super::join::JoinHandle;
use super::queue::Queue;
#[cfg(target_os = "linux")]
use super::reactor::Reactor;
use super::task::{Key, Output, State, Task, Wakes};
use super::timer::Timers;
use crate::contain::{contain, wake};

/// What the tasks of an executor share.
pub(super) struct Local {
    pub(super) queue: Queue,
    slots: RefCell<Slots>,
    /// What the future that `block_on` runs is to others: a task, in the first slot. A waker of an
    /// earlier `block_on` may wake it: that costs a spurious poll, which any future has to bear.
    pub(super) main: Task,
    pub(super) timers: Rc<RefCell<Timers>>,
    pub(super) inbox: Arc<Inbox<Waker>>,
    #[cfg(target_os = "linux")]
    reactor: std::cell::OnceCell<Rc<Reactor>>,
}

/// The slots, which own the tasks. A task leaves its slot after its end, and is in no queue then.
#[derive(Default)]
struct Slots {
    tasks: Vec<Option<Task>>,
    free: Vec<Key>,
}

impl Slots {
    /// Puts a task into a slot.
    fn insert<F: Future>(&mut self, inbox: &Arc<Inbox<Waker>>, future: F) -> NonNull<Whole<F>> {
        let key = self.free.pop().unwrap_or_else(|| {
            self.tasks.push(None);
            Key::try_from(self.tasks.len() - 1).expect("there is no memory for that number")
        });
        let task = Whole::new(inbox, key, future);
        self.tasks[key as usize] = Some(Task::new(task.cast()));
        task
    }

    fn vacate(&mut self, key: Key) {
        self.tasks[key as usize] = None;
        self.free.push(key);
    }
}

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
        let (inbox, mut slots) = (Arc::new(Inbox::new()), Slots::default());
        let main = slots.insert(&inbox, pending::<()>());
        // SAFETY: its slot keeps it.
        unsafe { Task::new(main.cast()).head() }.output.set(Output::Unwanted);
        Self {
            queue: Queue::default(),
            slots: RefCell::new(slots),
            main: Task::new(main.cast()),
            timers: Rc::new(RefCell::new(timers)),
            inbox,
            #[cfg(target_os = "linux")]
            reactor: std::cell::OnceCell::new(),
        }
    }

    /// Returns the waker of the future that `block_on` runs: this executor keeps that task.
    pub(super) fn main_waker(&self) -> impl std::ops::Deref<Target = Waker> {
        // SAFETY: it is borrowed while the executor is.
        unsafe { self.main.waker() }
    }

    /// Returns the reactor, which is made for the first socket.
    #[cfg(target_os = "linux")]
    pub(super) fn reactor(&self) -> std::io::Result<Rc<Reactor>> {
        if let Some(reactor) = self.reactor.get() {
            return Ok(Rc::clone(reactor));
        }
        let reactor = Rc::new(Reactor::new(&self.inbox.owner)?);
        Ok(Rc::clone(self.reactor.get_or_init(|| reactor)))
    }

    /// Sleeps until another thread wakes a task, a socket is ready, or the time is over.
    pub(super) fn sleep(&self, timeout: Option<Duration>) {
        #[cfg(target_os = "linux")]
        if let Some(reactor) = self.reactor.get() {
            return reactor.wait(timeout);
        }
        match timeout {
            Some(Duration::ZERO) => {}
            Some(timeout) => std::thread::park_timeout(timeout),
            None => std::thread::park(),
        }
    }

    pub(super) fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        let task = self.slots.borrow_mut().insert(&self.inbox, future);
        // SAFETY: its slot keeps it.
        unsafe { self.queue.push(Task::new(task.cast())) };
        JoinHandle(task)
    }

    /// Wakes a task, if there is one.
    #[inline]
    pub(super) fn wake(&self, wakes: Option<Wakes>) {
        match wakes {
            Some(Wakes::Task(key)) => {
                if let Some(task) = self.slots.borrow().tasks[key as usize] {
                    // SAFETY: its slot keeps it.
                    unsafe { self.queue.push(task) };
                }
            }
            Some(Wakes::Other(waker)) => wake(Some(waker)),
            None => {}
        }
    }

    /// Polls a task that was taken out of the queue. Nothing is borrowed meanwhile: it may spawn,
    /// wake and drop what it likes.
    #[inline]
    pub(super) fn run(&self, task: Task) {
        // SAFETY: its slot keeps it.
        let head = unsafe { task.head() };
        // SAFETY: as above.
        if unsafe { (head.calls.run)(task, self) } {
            self.slots.borrow_mut().vacate(head.key);
            // SAFETY: the slot was the owner.
            unsafe { task.leave() };
        }
    }

    /// Drops the futures of all tasks, and clears the queue. It has to be entered: what is dropped
    /// may wake, spawn and sleep, until nothing is left. No panic on the way skips a task: one that
    /// kept its future could be dropped by its last waker, on another thread.
    pub(super) fn shut_down(&self) {
        drop(self.inbox.close());
        // So that tasks that are spawned meanwhile come last.
        self.slots.borrow_mut().free.clear();
        for key in 0.. {
            while let Some(waker) = { self.timers.borrow_mut().pop(None) } {
                contain(|| drop(waker));
            }
            let Some(&task) = self.slots.borrow().tasks.get(key) else { break };
            if let Some(task) = task {
                // SAFETY: its slot keeps it.
                let head = unsafe { task.head() };
                head.queued.set(true);
                if !head.is_finished() {
                    head.state.set(State::Aborted);
                    // SAFETY: as above.
                    unsafe { (head.calls.run)(task, self) };
                }
            }
        }
        // Before any of them is gone.
        self.queue.clear();
        for task in self.slots.take().tasks.into_iter().flatten() {
            // SAFETY: the slot was the owner.
            unsafe { task.leave() };
        }
    }
}
