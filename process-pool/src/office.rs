//! What a pool's threads share: the queue, and what each worker has been sent.
//!
//! For each worker there are two threads here. The *writer* takes tasks from the queue and sends
//! them; the *keeper* starts the worker, reads its answers, and settles what it leaves behind. They
//! are two so that neither channel being full can stop the other. One more thread *watches* the
//! clock, and one, as soon as it is wanted, calls callbacks. A task that is the only one is sent by
//! whoever submits it: to wake a thread takes longer than such a task.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::callbacks::Callbacks;
use crate::shared::Shared;
use crate::slot::Slot;
use crate::ticket::{Choice, Next, Ticket};
use crate::wire::Tasks;
use crate::{Error, Outcome, Task, wire, writer};

pub(crate) struct Office<T: Task> {
    state: Mutex<State<T>>,
    /// One for each writer.
    pub(crate) writers: Vec<Condvar>,
    /// Whoever waits for the pool to be empty, or to have begun; and keepers that wait before they
    /// try again.
    pub(crate) changed: Condvar,
    /// The watch, that sleeps while there is nothing to do.
    pub(crate) busy: Condvar,
    pub(crate) settings: Settings,
    pub(crate) shared: Shared,
    pub(crate) callbacks: Callbacks,
}

pub(crate) struct Settings {
    pub(crate) program: PathBuf,
    pub(crate) initializer: Option<Vec<u8>>,
    pub(crate) initializer_limit: Duration,
    pub(crate) retire_after: Option<u64>,
    pub(crate) choice: Choice,
}

pub(crate) struct State<T: Task> {
    pub(crate) queue: VecDeque<Arc<Ticket<T>>>,
    /// How many tasks are not over, in the queue or with a worker.
    pub(crate) open: usize,
    /// No more tasks are taken.
    pub(crate) closed: bool,
    /// What is queued, or comes back, is not run.
    pub(crate) discards: bool,
    /// What is running is killed.
    pub(crate) kills: bool,
    /// Why there is no worker any more.
    pub(crate) broken: Option<String>,
    /// A worker was ready once.
    pub(crate) begun: bool,
    pub(crate) slots: Vec<Slot<T>>,
    /// The writers that have nothing to send, to workers that would take it.
    waiting: Vec<usize>,
    /// The last task that was sent from where it was submitted.
    lone: Weak<Ticket<T>>,
    /// The watch sleeps until it is called.
    watch_sleeps: bool,
}

impl<T: Task> State<T> {
    /// How many of the tasks that are next this worker may be sent now.
    pub(crate) fn room(&self, slot: usize, settings: &Settings) -> usize {
        let chunk = self.queue.front().and_then(|ticket| ticket.choice(&settings.choice).chunk);
        self.slots[slot].room(chunk, settings.retire_after)
    }
}

impl<T: Task> Office<T> {
    pub(crate) fn new(workers: usize, settings: Settings) -> std::io::Result<Self> {
        let state = State {
            queue: VecDeque::new(),
            open: 0,
            closed: false,
            discards: false,
            kills: false,
            broken: None,
            begun: false,
            slots: (0..workers).map(|_| Slot::new()).collect(),
            waiting: Vec::new(),
            lone: Weak::new(),
            watch_sleeps: false,
        };
        Ok(Self {
            state: Mutex::new(state),
            writers: (0..workers).map(|_| Condvar::new()).collect(),
            changed: Condvar::new(),
            busy: Condvar::new(),
            settings,
            shared: Shared::new()?,
            callbacks: Callbacks::default(),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wait<'a>(
        &self,
        condvar: &Condvar,
        state: MutexGuard<'a, State<T>>,
    ) -> MutexGuard<'a, State<T>> {
        condvar.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as the watch, until there is something to watch.
    pub(crate) fn wait_as_watch<'a>(
        &self,
        mut state: MutexGuard<'a, State<T>>,
    ) -> MutexGuard<'a, State<T>> {
        state.watch_sleeps = true;
        state = self.wait(&self.busy, state);
        state.watch_sleeps = false;
        state
    }

    /// Calls the watch, if it sleeps. It does not as long as it looks at the clock: a call for each
    /// task would be a system call for each.
    pub(crate) fn call_watch(&self, state: &mut State<T>) {
        if std::mem::take(&mut state.watch_sleeps) {
            self.busy.notify_one();
        }
    }

    /// Waits as the writer of this slot, until there may be something to send.
    pub(crate) fn wait_as_writer<'a>(
        &self,
        slot: usize,
        has_room: bool,
        mut state: MutexGuard<'a, State<T>>,
    ) -> MutexGuard<'a, State<T>> {
        if has_room {
            state.waiting.push(slot);
        } else {
            // If it was called, the call is another's.
            self.call_writer(&mut state);
            state.slots[slot].stuck = true;
        }
        state = self.wait(&self.writers[slot], state);
        state.slots[slot].stuck = false;
        state.waiting.retain(|waits| *waits != slot);
        state
    }

    /// Calls a writer, if there is something to send and one waits for it: that of the worker who
    /// has least to do.
    pub(crate) fn call_writer(&self, state: &mut State<T>) {
        if state.queue.is_empty() {
            return;
        }
        let State { waiting, slots, .. } = state;
        if let Some(place) = (0..waiting.len()).min_by_key(|place| slots[waiting[*place]].load) {
            self.writers[waiting.swap_remove(place)].notify_one();
        }
    }

    /// Takes one task. If there is no other it is sent from here, which saves the waking of a
    /// writer. But not if the last such is still of interest: then the caller does not go one at a
    /// time, and what comes next wants to share a message.
    pub(crate) fn take(&self, ticket: &Arc<Ticket<T>>) {
        let mut state = self.state();
        if state.open == 0 && state.lone.strong_count() == 0 {
            drop(state);
            // Without the lock, for what a type's own Serialize does takes as long as it likes.
            let message = Tasks::small(&ticket.task);
            state = self.state();
            if state.open == 0
                && !state.closed
                && let Some(message) = message
                && writer::send_at_once(self, &mut state, message, ticket)
            {
                self.call_watch(&mut state);
                state.open = 1;
                state.lone = Arc::downgrade(ticket);
                return;
            }
        }
        self.queue(state, [Arc::clone(ticket)].into_iter());
    }

    /// Queues tasks, or ends them if that cannot be.
    pub(crate) fn queue(
        &self,
        mut state: MutexGuard<'_, State<T>>,
        tickets: impl ExactSizeIterator<Item = Arc<Ticket<T>>>,
    ) {
        let refused = match &state.broken {
            Some(why) => Some(Error::NoWorker(why.clone())),
            None => state.closed.then_some(Error::Closed),
        };
        if let Some(error) = refused {
            drop(state);
            self.end_all(tickets.map(|ticket| (ticket, Err(copy(&error)))));
            return;
        }
        self.call_watch(&mut state);
        state.open += tickets.len();
        state.queue.extend(tickets);
        self.call_writer(&mut state);
    }

    /// Puts tasks back that no worker has any more, before all others; or ends them, if they are
    /// not to be run.
    pub(crate) fn requeue(
        &self,
        state: &mut State<T>,
        tickets: Vec<Arc<Ticket<T>>>,
        over: &mut Over<T>,
    ) {
        if state.discards || state.broken.is_some() {
            let error = state.broken.clone().map_or(Error::Closed, Error::NoWorker);
            over.extend(tickets.into_iter().map(|ticket| (ticket, Err(copy(&error)))));
            return;
        }
        for ticket in tickets.into_iter().rev() {
            ticket.back();
            state.queue.push_front(ticket);
        }
        self.call_writer(state);
    }

    /// Notes that so many tasks are over, or are about to be.
    pub(crate) fn count_out(&self, state: &mut State<T>, tasks: usize) {
        state.open -= tasks;
        if state.open == 0 && state.closed {
            self.announce();
        }
    }

    /// Empties a place whose worker is gone; returns the tasks that nobody has settled, of which
    /// there are none as a rule.
    pub(crate) fn abandon(&self, state: &mut State<T>, slot: usize, why: &str) -> Over<T> {
        let there = &mut state.slots[slot];
        let left = std::mem::take(&mut there.in_flight);
        let generation = there.generation + u64::from(!left.is_empty());
        let (failures, stuck, failed) = (there.failures, there.stuck, there.failed.take());
        *there = Slot { generation, failures, stuck, failed, ..Slot::new() };
        self.count_out(state, left.len());
        left.into_iter().map(|(_, ticket)| (ticket, Err(Error::NoWorker(why.to_owned())))).collect()
    }

    /// Notes that a place has no keeper.
    pub(crate) fn ends(&self, slot: usize) {
        let mut state = self.state();
        let over = self.abandon(&mut state, slot, "its keeper has ended");
        state.slots[slot].is_over = true;
        self.announce();
        drop(state);
        self.end_all(over);
    }

    /// Notes that there will be no worker any more: what is queued or comes is an error, and
    /// workers that are left are killed.
    pub(crate) fn fail(&self, why: &str) {
        let mut over = Vec::new();
        let mut state = self.state();
        state.broken.get_or_insert_with(|| why.to_owned());
        let queued = std::mem::take(&mut state.queue).into();
        self.requeue(&mut state, queued, &mut over);
        self.count_out(&mut state, over.len());
        state.slots.iter().for_each(Slot::kill);
        self.announce();
        drop(state);
        self.end_all(over);
    }

    /// Wakes everybody, to see that something fundamental has changed.
    pub(crate) fn announce(&self) {
        self.changed.notify_all();
        self.busy.notify_all();
        self.writers.iter().for_each(Condvar::notify_all);
    }

    /// Ends tasks, without the lock. Nobody is woken before all are over: who waits for the next as
    /// well finds it.
    pub(crate) fn end_all(
        &self,
        over: impl IntoIterator<Item = (Arc<Ticket<T>>, Outcome<T::Output>)>,
    ) {
        let mut next = Vec::new();
        for (ticket, outcome) in over {
            // What is dropped here is the caller's, and so is what is woken: a panic of it ends no
            // thread of the pool.
            next.extend(wire::quietly(move || ticket.end(outcome)).ok().flatten());
        }
        for next in next {
            match next {
                Next::Wake(waker) => drop(wire::quietly(|| waker.wake())),
                Next::Call(call) => self.callbacks.call(call),
            }
        }
    }
}

/// Tasks that are over, and what came of them.
pub(crate) type Over<T> = Vec<(Arc<Ticket<T>>, Outcome<<T as Task>::Output>)>;

fn copy(error: &Error) -> Error {
    match error {
        Error::NoWorker(why) => Error::NoWorker(why.clone()),
        _ => Error::Closed,
    }
}
