//! What belongs to the executor's own thread, and is never locked: the run queue, the tasks in
//! their slots, and the timers.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::inbox::Inbox;
use super::join::JoinHandle;
#[cfg(target_os = "linux")]
use super::reactor::Reactor;
use super::task::{Run, Task};
use super::timer::Timers;
use crate::contain::contain;

/// The number of a task's slot.
pub(super) type Key = u32;
/// The number of the future that `block_on` runs, which has no slot. One of an earlier `block_on`
/// may be left in the queue: that costs a spurious poll, which any future has to bear.
pub(super) const MAIN: Key = Key::MAX;

/// What the tasks of an executor share.
pub(super) struct Local {
    /// The run queue. Each task is here at most once: it knows whether it is.
    pub(super) queue: RefCell<VecDeque<Key>>,
    slots: RefCell<Slots>,
    pub(super) timers: RefCell<Timers>,
    pub(super) inbox: Arc<Inbox<Waker>>,
    #[cfg(target_os = "linux")]
    reactor: std::cell::OnceCell<Rc<Reactor>>,
}

/// The slots of all tasks. One is empty while its task is polled, and after its end.
#[derive(Default)]
struct Slots {
    tasks: Vec<Option<Arc<dyn Run>>>,
    free: Vec<Key>,
}

type Here = ManuallyDrop<RefCell<Option<Rc<Local>>>>;

thread_local! {
    /// The executor whose tasks this thread runs. It is empty whenever it runs none, so that it
    /// needs no destructor; and a thread-local without a destructor can be used until the thread's
    /// very end, also by an executor that is itself in a thread-local.
    static HERE: Here = const { ManuallyDrop::new(RefCell::new(None)) };
}

/// Asks something of the executor that runs the caller, if there is one.
#[inline]
pub(super) fn here<R>(ask: impl FnOnce(&Rc<Local>) -> R) -> Option<R> {
    // Not `with`, which is a call. It cannot fail: what has no destructor is never destroyed.
    HERE.try_with(|here| here.borrow().as_ref().map(ask)).ok()?
}

/// Puts a task into its executor's queue, if that executor runs the caller; returns whether it does.
/// Not generic, so that it is compiled where the thread-local is, and finds it without a call.
pub(super) fn queue_here(inbox: &Arc<Inbox<Waker>>, queued: &Cell<bool>, key: Key) -> bool {
    let is_ours = |local: &Rc<Local>| Arc::ptr_eq(&local.inbox, inbox);
    here(|local| is_ours(local).then(|| local.queue(queued, key))).flatten().is_some()
}

/// A guard: until it is dropped, this thread runs an executor's tasks.
pub(super) struct Entered(Option<Rc<Local>>);

pub(super) fn enter(local: &Rc<Local>) -> Entered {
    Entered(HERE.with(|here| here.replace(Some(Rc::clone(local)))))
}

impl Drop for Entered {
    fn drop(&mut self) {
        // What is replaced is not the last owner: the caller of `enter` has it for longer.
        HERE.with(|here| here.replace(self.0.take()));
    }
}

impl Local {
    pub(super) fn new(timers: Timers) -> Self {
        Self {
            queue: RefCell::default(),
            slots: RefCell::default(),
            timers: RefCell::new(timers),
            inbox: Arc::new(Inbox::new()),
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
        self.queue(&task.queued, key);
        JoinHandle(task)
    }

    /// Puts a task into the queue, unless it is there.
    fn queue(&self, queued: &Cell<bool>, key: Key) {
        if !queued.replace(true) {
            self.queue.borrow_mut().push_back(key);
        }
    }

    /// Takes the first task out of the queue.
    #[inline]
    pub(super) fn next(&self) -> Option<Key> {
        self.queue.borrow_mut().pop_front()
    }

    /// Polls a task that was taken out of the queue.
    pub(super) fn run(&self, key: Key) {
        // Nothing is borrowed while it is polled: it may spawn, wake and drop what it likes.
        let task = self.slots.borrow_mut().tasks[key as usize].take();
        match task {
            Some(task) => {
                // If a panic could drop it on the way back to its slot, it would have to be in
                // memory, not in registers: up to 5 ns a poll.
                let goes_on = ManuallyDrop::new(task.run());
                let slot = &mut self.slots.borrow_mut().tasks[key as usize];
                *slot = ManuallyDrop::into_inner(goes_on);
            }
            // It has ended, which has queued it once more. It never is again, so that it cannot be
            // confused with the slot's next task.
            None => self.slots.borrow_mut().free.push(key),
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
            while let Some((_, waker)) = { self.timers.borrow_mut().due.pop_first() } {
                contain(|| drop(waker));
            }
            let Some(task) = self.slots.borrow_mut().tasks.get_mut(key).map(Option::take) else {
                break;
            };
            task.inspect(|task| task.cancel());
        }
        self.queue.take();
    }
}
