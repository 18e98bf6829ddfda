//! What a pool's threads share: the queue, and what each worker has been sent.
//!
//! For each worker there are two threads here. The *writer* takes tasks from the queue and sends them; the *keeper* starts the worker, reads
//! its answers, and settles what it leaves behind. They are two so that neither channel being full can stop the other. One more thread
//! *watches* the clock, and one, as soon as it is wanted, calls callbacks.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ipc_channel::ipc::{IpcBytesSender, IpcSender};

use crate::callbacks::Callbacks;
use crate::shared::{Page, Shared};
use crate::start::kill;
use crate::ticket::{Next, Options, Ticket};
use crate::wire::Control;
use crate::{Error, Outcome, Task, wire};

pub(crate) struct Office<T: Task> {
    state: Mutex<State<T>>,
    /// One for each writer.
    pub(crate) writers: Vec<Condvar>,
    /// Whoever waits for the pool to be empty, or to have begun; and keepers that wait before they try again.
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
    pub(crate) chunk: Option<usize>,
    pub(crate) options: Options,
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
}

/// A worker's place. Workers come and go in it.
pub(crate) struct Slot<T: Task> {
    /// How many workers there were.
    pub(crate) generation: u64,
    /// The process, from when it is started until it is reaped.
    pub(crate) pid: Option<u32>,
    /// When it was started, if it has not joined.
    pub(crate) joins_since: Option<Instant>,
    /// When it joined, if it has not run the initializer.
    pub(crate) begins_since: Option<Instant>,
    /// How to reach it, once it has joined.
    pub(crate) line: Option<Line>,
    /// It has run the initializer.
    pub(crate) ready: bool,
    /// Nobody starts a worker here any more.
    pub(crate) given_up: bool,
    /// What it was sent and has not answered, in order.
    pub(crate) in_flight: VecDeque<(u64, Arc<Ticket<T>>)>,
    /// How many these are, with those that are just being sent.
    pub(crate) load: usize,
    /// How many there may be: about two milliseconds' work.
    pub(crate) window: usize,
    /// The number of the next.
    pub(crate) next: u64,
    /// How many it has been sent in all.
    pub(crate) sent: u64,
    /// The writer waits until its worker has room, or is there.
    pub(crate) stuck: bool,
    /// It was told to give back what it has not begun, and has not said that it did.
    pub(crate) nudged: bool,
}

pub(crate) struct Line {
    /// None, if it is to get no more.
    pub(crate) tasks: Option<IpcBytesSender>,
    pub(crate) control: IpcSender<Control>,
    pub(crate) page: Arc<Page>,
}

impl<T: Task> Slot<T> {
    fn new() -> Self {
        Self {
            generation: 0,
            pid: None,
            joins_since: None,
            begins_since: None,
            line: None,
            ready: false,
            given_up: false,
            in_flight: VecDeque::new(),
            load: 0,
            window: 1,
            next: 1,
            sent: 0,
            stuck: false,
            nudged: false,
        }
    }

    /// How many more tasks the worker may be sent now, if they go in chunks of this size.
    pub(crate) fn room(&self, chunk: Option<usize>, retire_after: Option<u64>) -> usize {
        if !self.ready || self.line.as_ref().is_none_or(|line| line.tasks.is_none()) {
            return 0;
        }
        let left = retire_after.map_or(u64::MAX, |limit| limit.saturating_sub(self.sent));
        let room = match chunk {
            None => self.window.saturating_sub(self.load),
            Some(chunk) => {
                if self.load == 0 {
                    chunk
                } else {
                    0
                }
            }
        };
        room.min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Has the worker give back what it has not begun.
    pub(crate) fn nudge(&mut self) {
        if let Some(line) = &self.line {
            // If it cannot be reached it is dying, and the keeper will see to what it has.
            self.nudged = line.control.send(Control::GiveBack).is_ok();
        }
    }

    pub(crate) fn kill(&self) {
        if let Some(pid) = self.pid {
            kill(pid);
        }
    }
}

impl<T: Task> State<T> {
    /// How many of the tasks that are next this worker may be sent now.
    pub(crate) fn room(&self, slot: usize, retire_after: Option<u64>) -> usize {
        let chunk = self.queue.front().and_then(|ticket| ticket.chunk);
        self.slots[slot].room(chunk, retire_after)
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

    /// Calls a writer, if there is something to send and one waits for it: that of the worker who has least to do.
    pub(crate) fn call_writer(&self, state: &mut State<T>) {
        if state.queue.is_empty() {
            return;
        }
        let State { waiting, slots, .. } = state;
        if let Some(place) = (0..waiting.len()).min_by_key(|place| slots[waiting[*place]].load) {
            self.writers[waiting.swap_remove(place)].notify_one();
        }
    }

    /// Queues tasks, or ends them if that cannot be.
    pub(crate) fn queue(&self, tickets: impl ExactSizeIterator<Item = Arc<Ticket<T>>>) {
        let mut state = self.state();
        let refused = match &state.broken {
            Some(why) => Some(Error::NoWorker(why.clone())),
            None => state.closed.then_some(Error::Closed),
        };
        if let Some(error) = refused {
            drop(state);
            self.end_all(tickets.map(|ticket| (ticket, Err(copy(&error)))));
            return;
        }
        if state.open == 0 {
            self.busy.notify_one();
        }
        state.open += tickets.len();
        state.queue.extend(tickets);
        self.call_writer(&mut state);
    }

    /// Puts tasks back that no worker has any more, before all others; or ends them, if they are not to be run.
    pub(crate) fn requeue(&self, state: &mut State<T>, tickets: Vec<Arc<Ticket<T>>>, over: &mut Over<T>) {
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

    /// Wakes everybody, to see that something fundamental has changed.
    pub(crate) fn announce(&self) {
        self.changed.notify_all();
        self.busy.notify_all();
        self.writers.iter().for_each(Condvar::notify_all);
    }

    /// Ends tasks, without the lock. Nobody is woken before all are over: who waits for the next as well finds it.
    pub(crate) fn end_all(&self, over: impl IntoIterator<Item = (Arc<Ticket<T>>, Outcome<T::Output>)>) {
        let mut next = Vec::new();
        for (ticket, outcome) in over {
            // What is dropped here is the caller's, and so is what is woken: a panic of it ends no thread of the pool.
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
