//! A worker's place: what it has been sent, and how much more it may be.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use super::channel::Sender;
use super::process::ProcessRef;
use super::protocol::{self, Control};
use super::shared_memory::StatusWord;
use super::task::Task;
use super::task_state::TaskState;

/// A worker's place. Workers come and go in it.
pub(crate) struct Slot<T: Task> {
    /// How many workers there were.
    pub(crate) generation: u64,
    /// The process, from when it is started until it is reaped.
    pub(crate) process: Option<Arc<ProcessRef>>,
    /// When it was started, if it has not joined.
    pub(crate) joins_since: Option<Instant>,
    /// When it joined, if it has not run the initializer.
    pub(crate) begins_since: Option<Instant>,
    /// How to reach it, once it has joined.
    pub(crate) line: Option<Channels>,
    /// It has run the initializer.
    pub(crate) ready: bool,
    /// How many workers in a row have failed before they were ready.
    pub(crate) failures: u32,
    /// A worker here was ready once.
    pub(crate) begun: bool,
    /// Why the first that failed before it was ready did so.
    pub(crate) failed: Option<String>,
    /// Nobody starts a worker here any more.
    pub(crate) is_over: bool,
    /// What it was sent and has not answered, in order.
    pub(crate) in_flight: VecDeque<(u64, Arc<TaskState<T>>)>,
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
    pub(crate) return_requested: bool,
}

pub(crate) struct Channels {
    /// None, if it is to get no more.
    pub(crate) tasks: Option<Sender>,
    /// How much has gone to it.
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
            line: None,
            ready: false,
            failures: 0,
            begun: false,
            failed: None,
            is_over: false,
            in_flight: VecDeque::new(),
            load: 0,
            window: 1,
            next: 1,
            sent: 0,
            stuck: false,
            return_requested: false,
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

    /// Notes that the worker has these tasks from now on, which are about to be sent to it; returns
    /// the number of the first.
    pub(crate) fn assign(
        &mut self,
        entries: Vec<Arc<TaskState<T>>>,
        retire_after: Option<u64>,
    ) -> u64 {
        let (first, count) = (self.next, entries.len() as u64);
        self.next += count;
        self.sent += count;
        self.in_flight.extend((first..).zip(entries));
        if retire_after.is_some_and(|limit| self.sent >= limit)
            && let Some(line) = &mut self.line
        {
            line.tasks = None;
        }
        first
    }

    /// Has the worker give back what it has not begun.
    pub(crate) fn request_return(&mut self) {
        if let Some(line) = &self.line {
            // If it cannot be reached it is dying, and the keeper will see to what it has.
            self.return_requested =
                line.control.try_send(protocol::control(&Control::ReturnUnstarted));
        }
    }

    pub(crate) fn kill(&self) {
        if let Some(process) = &self.process {
            process.kill();
        }
    }
}
