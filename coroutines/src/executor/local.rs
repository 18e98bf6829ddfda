//! What belongs to the executor's own thread, and is never locked: the run queue, the tasks in
//! their slots, and the timers.

#![expect(unsafe_code, reason = "the queue refers to tasks that their slots own")]

use std::cell::{Cell, RefCell};
use std::future::{Pending, pending};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::inbox::Inbox;
use super::join::JoinHandle;
use super::queue::{Borrowed, Head, Key, Queue, Run, borrow};
#[cfg(target_os = "linux")]
use super::reactor::Reactor;
use super::task::Task;
use super::timer::Timers;
use crate::contain::contain;

/// What the tasks of an executor share.
pub(super) struct Local {
    pub(super) queue: Queue,
    slots: RefCell<Slots>,
    /// What the future that `block_on` runs is to others: a task. A waker of an earlier `block_on`
    /// may wake it: that costs a spurious poll, which any future has to bear.
    pub(super) main: Arc<Task<Pending<()>>>,
    pub(super) timers: Rc<RefCell<Timers>>,
    pub(super) inbox: Arc<Inbox<Waker>>,
    #[cfg(target_os = "linux")]
    reactor: std::cell::OnceCell<Rc<Reactor>>,
}

/// The slots, which own the tasks. A task leaves its slot after its end, and is in no queue then.
#[derive(Default)]
struct Slots {
    tasks: Vec<Option<Arc<dyn Run>>>,
    free: Vec<Key>,
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

/// Puts a task into its executor's queue, if that executor runs the caller; returns whether it does.
/// Not generic, so that it is compiled where the thread-local is, and finds it without a call.
pub(super) fn queue_here(task: Borrowed, head: &Head) -> bool {
    here(|local| {
        let is_ours = Arc::ptr_eq(&local.inbox, &head.inbox);
        if is_ours {
            // SAFETY: unless it has ended, after which it is not queued, its slot keeps it.
            unsafe { local.queue.push(task, head) };
        }
        is_ours
    })
    .unwrap_or(false)
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
        let inbox = Arc::new(Inbox::new());
        Self {
            queue: Queue::default(),
            slots: RefCell::default(),
            main: Arc::new(Task::new(&inbox, Key::MAX, pending())),
            timers: Rc::new(RefCell::new(timers)),
            inbox,
            #[cfg(target_os = "linux")]
            reactor: std::cell::OnceCell::new(),
        }
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
        let mut slots = self.slots.borrow_mut();
        let key = slots.free.pop().unwrap_or_else(|| {
            slots.tasks.push(None);
            Key::try_from(slots.tasks.len() - 1).expect("there is no memory for that number")
        });
        let task = Arc::new(Task::new(&self.inbox, key, future));
        slots.tasks[key as usize] = Some(Arc::clone(&task) as Arc<dyn Run>);
        drop(slots);
        // SAFETY: its slot keeps it.
        let queued = ManuallyDrop::new(unsafe { borrow(&task) } as Arc<dyn Run>);
        // SAFETY: as above.
        unsafe { self.queue.push(queued, &task.head) };
        JoinHandle(task)
    }

    /// Polls the first task of the queue. Nothing is borrowed meanwhile: it may spawn, wake and drop
    /// what it likes.
    #[inline]
    pub(super) fn run(&self, task: Borrowed) {
        if let Some(key) = ManuallyDrop::into_inner(task).run(&self.queue) {
            let mut slots = self.slots.borrow_mut();
            slots.free.push(key);
            let ended = slots.tasks[key as usize].take();
            drop(slots);
            drop(ended);
        }
    }

    /// Drops the futures of all tasks, and clears the queue. It has to be entered: what is dropped
    /// may wake, spawn and sleep, until nothing is left. No panic on the way skips a task: one that
    /// kept its future could be dropped by its last waker, on another thread.
    pub(super) fn shut_down(&self) {
        drop(self.inbox.close());
        // So that tasks that are spawned meanwhile come last.
        self.slots.borrow_mut().free.clear();
        let mut gone = Vec::new();
        for key in 0.. {
            while let Some(waker) = { self.timers.borrow_mut().pop(None) } {
                contain(|| drop(waker));
            }
            let Some(task) = self.slots.borrow_mut().tasks.get_mut(key).map(Option::take) else {
                break;
            };
            task.iter().for_each(|task| task.cancel());
            gone.push(task);
        }
        self.main.cancel();
        // Before any of them is gone.
        self.queue.clear();
    }
}
