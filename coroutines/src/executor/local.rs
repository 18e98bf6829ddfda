//! What belongs to the executor's own thread, and is never locked: the run queue, the tasks in
//! their slots, and the timers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use super::inbox::Inbox;
use super::join::JoinHandle;
use super::task::{Run, Task};
use super::timer::Timers;
use crate::contain::contain;

/// The number of a task's slot.
pub(super) type Key = u32;
/// Stands in the queue for the future that `block_on` runs, which has no slot. One of an earlier
/// `block_on` may be left there: that costs a poll for nothing, which any future has to bear.
pub(super) const MAIN: Key = Key::MAX;

/// Is what the tasks of an executor share.
pub(super) struct Local {
    /// Whose turn it is. Each is here at most once: a task knows whether it is.
    queue: RefCell<VecDeque<Key>>,
    slots: RefCell<Slots>,
    pub(super) timers: RefCell<Timers>,
    pub(super) inbox: Arc<Inbox<Waker>>,
}

/// All tasks. A slot is empty while its task is polled, and after its end.
#[derive(Default)]
struct Slots {
    tasks: Vec<Option<Arc<dyn Run>>>,
    free: Vec<Key>,
}

thread_local! {
    /// What belongs to the executor whose tasks this thread runs. It is empty whenever none does,
    /// so that it needs no destructor; and what has none can be used until the thread's very end,
    /// also by an executor that is itself in a thread-local.
    static HERE: ManuallyDrop<RefCell<Option<Rc<Local>>>> = const { ManuallyDrop::new(RefCell::new(None)) };
}

/// Asks something of the executor whose task runs here, if one does.
pub(super) fn here<R>(ask: impl FnOnce(&Rc<Local>) -> R) -> Option<R> {
    HERE.with(|here| here.borrow().as_ref().map(ask))
}

/// Enters an executor until this is dropped.
pub(super) struct Entered(Option<Rc<Local>>);

pub(super) fn enter(local: &Rc<Local>) -> Entered {
    Entered(HERE.with(|here| here.replace(Some(Rc::clone(local)))))
}

impl Drop for Entered {
    fn drop(&mut self) {
        // What is replaced is not the last owner: who entered it has it for longer.
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
        }
    }

    pub(super) fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        let mut slots = self.slots.borrow_mut();
        let key = slots.free.pop().unwrap_or_else(|| {
            slots.tasks.push(None);
            Key::try_from(slots.tasks.len() - 1).expect("there is no memory for so many")
        });
        let task = Arc::new(Task::new(Arc::clone(&self.inbox), key, future));
        slots.tasks[key as usize] = Some(Arc::clone(&task) as Arc<dyn Run>);
        task.queue(self);
        JoinHandle(task)
    }

    /// Puts a task at the end of the queue; it is not there.
    pub(super) fn queue(&self, key: Key) {
        self.queue.borrow_mut().push_back(key);
    }

    /// Takes the next one out of the queue.
    pub(super) fn next(&self) -> Option<Key> {
        self.queue.borrow_mut().pop_front()
    }

    pub(super) fn nothing_queued(&self) -> bool {
        self.queue.borrow().is_empty()
    }

    /// Polls a task that was taken out of the queue.
    pub(super) fn run(&self, key: Key) {
        // Nothing is borrowed while it is polled: it may spawn, wake and drop what it likes.
        let task = self.slots.borrow_mut().tasks[key as usize].take();
        match task {
            Some(task) => {
                let goes_on = task.run();
                self.slots.borrow_mut().tasks[key as usize] = goes_on;
            }
            // It has ended, and was queued once more by that. It never is again, so that nobody
            // confuses it with the slot's next task.
            None => self.slots.borrow_mut().free.push(key),
        }
    }

    /// Drops the futures of all tasks, and forgets who was woken. To be called while it is entered:
    /// what is dropped may wake, spawn and sleep, until nothing is left. Whatever panics meanwhile,
    /// nothing is skipped: a waker of a task that were not asked to end could be the last to have
    /// its future, on another thread.
    pub(super) fn shut_down(&self) {
        drop(self.inbox.close());
        // So that tasks that are spawned meanwhile come last.
        self.slots.borrow_mut().free.clear();
        let mut key = 0;
        loop {
            while let Some((_, waker)) = { self.timers.borrow_mut().due.pop_first() } {
                contain(|| drop(waker));
            }
            let Some(task) = self.slots.borrow_mut().tasks.get_mut(key).map(Option::take) else {
                break;
            };
            if let Some(task) = task {
                task.cancel();
            }
            key += 1;
        }
        self.queue.take();
    }
}
