//! A worker's slot: the tasks that the worker has been sent, and how many more it may be.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use super::batch::{Batch, Batches};
use super::channel::Sender;
use super::process::ProcessRef;
use super::protocol::{self, Control};
use super::shared_memory::StatusWord;
use super::task::Task;

/// A slot for one worker at a time.
pub(crate) struct Slot<T: Task> {
    /// The number of workers that were here before.
    pub(crate) generation: u64,
    /// The process, from its start until it is reaped.
    pub(crate) process: Option<Arc<ProcessRef>>,
    /// When the process was started, if it has not joined.
    pub(crate) joins_since: Option<Instant>,
    /// When it joined, if it has not run the initializer.
    pub(crate) begins_since: Option<Instant>,
    /// Its channels, once it has joined.
    pub(crate) channels: Option<Channels>,
    /// The worker has run the initializer.
    pub(crate) ready: bool,
    /// The number of workers in a row that have failed before they were ready.
    pub(crate) failures: u32,
    /// A worker here was ready once.
    pub(crate) begun: bool,
    /// Why the first that failed before it was ready did so.
    pub(crate) failed: Option<String>,
    /// No worker is started here any more.
    pub(crate) is_over: bool,
    /// The tasks that were sent and not answered, in order.
    pub(crate) in_flight: Batches<T>,
    /// The number of these, and of those that are being sent.
    pub(crate) load: usize,
    /// The number that there may be: about two milliseconds' work.
    pub(crate) window: usize,
    /// The number of the next task.
    pub(crate) next: u64,
    /// The number of tasks that the worker has been sent in all.
    pub(crate) sent: u64,
    /// The writer waits until its worker has room, or is ready.
    pub(crate) stuck: bool,
    /// The return of the tasks that were not begun is requested, and not answered.
    pub(crate) return_requested: bool,
}

/// The channels to a worker that has joined, and its status word.
pub(crate) struct Channels {
    /// `None` if the worker gets no more tasks.
    pub(crate) tasks: Option<Sender>,
    /// The number of pieces that were sent to it.
    pub(crate) sent: Arc<AtomicU64>,
    pub(crate) control: Sender,
    pub(crate) status_word: Arc<StatusWord>,
}

impl<T: Task> Slot<T> {
    pub(crate) fn new() -> Self {
        Self {
            generation: 0,
            process: None,
            joins_since: None,
            begins_since: None,
            channels: None,
            ready: false,
            failures: 0,
            begun: false,
            failed: None,
            is_over: false,
            in_flight: Batches::new(),
            load: 0,
            window: 1,
            next: 1,
            sent: 0,
            stuck: false,
            return_requested: false,
        }
    }

    /// Returns how many more tasks the worker may be sent now, in chunks of this size.
    pub(crate) fn room(&self, chunk: Option<usize>, retire_after: Option<u64>) -> usize {
        if !self.ready || self.channels.as_ref().is_none_or(|channels| channels.tasks.is_none()) {
            return 0;
        }
        let left = retire_after.map_or(u64::MAX, |limit| limit.saturating_sub(self.sent));
        let room = match chunk {
            None => self.window.saturating_sub(self.load),
            Some(chunk) if self.load == 0 => chunk,
            Some(_) => 0,
        };
        room.min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Assigns tasks to the worker, which are about to be sent to it; returns the number of the
    /// first.
    pub(crate) fn assign(&mut self, batches: Vec<Batch<T>>, retire_after: Option<u64>) -> u64 {
        let first = self.next;
        for mut batch in batches {
            batch.number = self.next;
            self.next += batch.tasks.len() as u64;
            self.in_flight.push_back(batch);
        }
        self.sent += self.next - first;
        if retire_after.is_some_and(|limit| self.sent >= limit)
            && let Some(channels) = &mut self.channels
        {
            channels.tasks = None;
        }
        first
    }

    /// Requests the return of the tasks that the worker has not begun.
    pub(crate) fn request_return(&mut self) {
        if let Some(channels) = &self.channels {
            // If the request cannot be sent, the worker is dying, and its supervisor settles its
            // tasks.
            self.return_requested =
                channels.control.try_send(protocol::control(&Control::ReturnUnstarted));
        }
    }

    pub(crate) fn kill(&self) {
        if let Some(process) = &self.process {
            process.kill();
        }
    }
}
