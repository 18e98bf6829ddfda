//! Where the outcomes of tasks are stored, for their handles to take.
//!
//! Tasks that are submitted one after the other share a block of memory, up to 64 of them: so a
//! task costs no allocation of its own, and a thread that has many outcomes to store locks once for
//! all.
//!
//! | state | the task is in | next state |
//! | --- | --- | --- |
//! | open | the pool's queue | sent; or over, if it is cancelled |
//! | open, and sent | a worker, and its slot's list | over; or not sent, if it is returned |
//! | over | no place any more; its outcome is here | taken |
//! | taken | | |

use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::error::Error;
use super::protocol::catch_panic;

/// The outcome of a task.
pub type Outcome<R> = Result<R, Error>;

/// The outcome as it is stored. The error is boxed: most tasks have none, and a result may be
/// smaller.
pub(crate) type Stored<R> = Result<R, Box<Error>>;

pub(crate) type Callback<R> = Box<dyn FnOnce(Outcome<R>) + Send>;

/// A callback with its argument.
pub(crate) type Call = Box<dyn FnOnce() + Send>;

/// What a task that is over has to wake or call.
pub(crate) enum Next<R> {
    Threads(Arc<Outcomes<R>>),
    Wake(Waker),
    Call(Call),
}

/// The outcomes of tasks that were submitted one after the other.
pub(crate) struct Outcomes<R> {
    cells: Mutex<Cells<R>>,
    /// Where threads wait, each for one of them.
    over: Condvar,
}

struct Cells<R> {
    /// A bit for each task: a worker has it.
    sent: u64,
    /// A bit for each task: it was cancelled.
    cancelled: u64,
    /// A bit for each task: a thread waits, or has waited, for its outcome.
    awaited: u64,
    stages: Box<[Stage<R>]>,
}

enum Stage<R> {
    /// With what is to be woken or called, if something is. It is boxed: mostly nothing is.
    Open(Option<Box<Waits<R>>>),
    Over(Stored<R>),
    Taken,
}

enum Waits<R> {
    Waker(Waker),
    Callback(Callback<R>),
}

impl<R> Cells<R> {
    /// Takes the outcome if the task is over. Otherwise stores what waits for it, if something
    /// does, and leaves the caller what did so before, to be dropped without the lock.
    fn take_or(&mut self, place: usize, waits: &mut Option<Box<Waits<R>>>) -> Option<Stored<R>> {
        match &mut self.stages[place] {
            Stage::Open(there) => {
                if waits.is_some() {
                    std::mem::swap(there, waits);
                }
                None
            }
            stage => match std::mem::replace(stage, Stage::Taken) {
                Stage::Over(outcome) => Some(outcome),
                _ => unreachable!("a handle takes one outcome"),
            },
        }
    }
}

/// Returns a bit for each place.
fn bits(places: Range<usize>) -> u64 {
    places.fold(0, |bits, place| bits | 1 << place)
}

impl<R> Outcomes<R> {
    /// The number of tasks that share a block: as many as it has bits, if it is not large then.
    pub(crate) const MOST: usize = {
        let most = 4096 / size_of::<Stage<R>>();
        if most > 64 {
            64
        } else if most == 0 {
            1
        } else {
            most
        }
    };

    /// Returns room for the outcomes of this number of tasks, at most [`MOST`](Self::MOST).
    pub(crate) fn new(tasks: usize) -> Arc<Self> {
        let stages = (0..tasks).map(|_| Stage::Open(None)).collect();
        let cells = Mutex::new(Cells { sent: 0, cancelled: 0, awaited: 0, stages });
        Arc::new(Self { cells, over: Condvar::new() })
    }

    fn cells(&self) -> MutexGuard<'_, Cells<R>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks tasks as sent; returns those that were cancelled, a bit for each place.
    pub(crate) fn send(&self, places: Range<usize>) -> u64 {
        let (mut cells, bits) = (self.cells(), bits(places));
        cells.sent |= bits;
        cells.cancelled & bits
    }

    /// Marks tasks as not sent.
    pub(crate) fn back(&self, places: Range<usize>) {
        self.cells().sent &= !bits(places);
    }

    /// Ends the task if it is not over and no worker has it; returns whether it did. No thread
    /// waits for it, for the caller has the handle.
    pub(crate) fn cancel(&self, place: usize) -> bool {
        let mut cells = self.cells();
        let may = matches!(cells.stages[place], Stage::Open(_)) && cells.sent & 1 << place == 0;
        if may {
            cells.cancelled |= 1 << place;
            let cancelled = Stage::Over(Err(Box::new(Error::Cancelled)));
            let before = std::mem::replace(&mut cells.stages[place], cancelled);
            drop(cells);
            drop(before);
        }
        may
    }

    /// Ends tasks from this place on, those that are not over; adds what their ends have to wake or
    /// call.
    pub(crate) fn end(self: &Arc<Self>, first: usize, ends: Vec<Stored<R>>, next: &mut Vec<Next<R>>)
    where
        R: Send + 'static,
    {
        let mut refused = Vec::new();
        let mut cells = self.cells();
        if cells.awaited & bits(first..first + ends.len()) != 0 {
            next.push(Next::Threads(Arc::clone(self)));
        }
        for (stage, end) in cells.stages[first..].iter_mut().zip(ends) {
            let waits = match std::mem::replace(stage, Stage::Over(end)) {
                Stage::Open(None) => continue,
                Stage::Open(Some(waits)) => *waits,
                before => {
                    refused.push(std::mem::replace(stage, before));
                    continue;
                }
            };
            next.push(match waits {
                Waits::Waker(waker) => Next::Wake(waker),
                Waits::Callback(callback) => {
                    let Stage::Over(end) = std::mem::replace(stage, Stage::Taken) else { continue };
                    let outcome = end.map_err(|error| *error);
                    Next::Call(Box::new(move || callback(outcome)))
                }
            });
        }
        drop(cells);
        // Results are the caller's types: the panic of a drop ends no thread of the pool.
        refused.into_iter().for_each(|end| drop(catch_panic(|| drop(end))));
    }

    /// Takes the outcome if the task is over; otherwise stores the waker, which is woken then.
    pub(crate) fn take(&self, place: usize, waker: Option<&Waker>) -> Option<Stored<R>> {
        // Wakers are cloned and dropped without the lock: their code is the caller's.
        let mut waits = waker.map(|waker| Box::new(Waits::Waker(waker.clone())));
        self.cells().take_or(place, &mut waits)
    }

    /// Stores a callback; returns it with the outcome if the task is over.
    pub(crate) fn call(&self, place: usize, callback: Callback<R>) -> Option<Call>
    where
        R: Send + 'static,
    {
        let mut waits = Some(Box::new(Waits::Callback(callback)));
        let outcome = self.cells().take_or(place, &mut waits)?;
        let Some(Waits::Callback(callback)) = waits.map(|waits| *waits) else { return None };
        Some(Box::new(move || callback(outcome.map_err(|error| *error))))
    }

    /// Waits for the outcome until the deadline, if there is one, and takes it.
    pub(crate) fn wait(&self, place: usize, deadline: Option<Instant>) -> Option<Stored<R>> {
        let mut cells = self.cells();
        let mut outcome = cells.take_or(place, &mut None);
        while outcome.is_none() {
            cells.awaited |= 1 << place;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            cells = match left {
                None => self.over.wait(cells).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => break,
                Some(left) => {
                    self.over.wait_timeout(cells, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
            outcome = cells.take_or(place, &mut None);
        }
        drop(cells);
        outcome
    }

    /// Wakes the threads that wait.
    pub(crate) fn wake(&self) {
        self.over.notify_all();
    }

    /// Drops the outcome, now or when it comes: no handle will take it.
    pub(crate) fn forget(&self, place: usize) {
        let before = std::mem::replace(&mut self.cells().stages[place], Stage::Taken);
        drop(before);
    }

    pub(crate) fn is_over(&self, place: usize) -> bool {
        !matches!(self.cells().stages[place], Stage::Open(_))
    }

    pub(crate) fn is_taken(&self, place: usize) -> bool {
        matches!(self.cells().stages[place], Stage::Taken)
    }
}
