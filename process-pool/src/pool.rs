//! The pool, as its user sees it.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;

use crate::office::{Office, Over};
use crate::shared::{Guard, Now};
use crate::ticket::{Choice, Options, Ticket};
use crate::{Handle, Outcome, Task};

/// Runs tasks on worker processes that stay. Made by a [`Builder`](crate::Builder).
///
/// Nothing is lost: each task that is submitted comes to exactly one end, whatever becomes of the
/// workers. Dropping the pool is [`shutdown`](Self::shutdown).
pub struct Pool<T: Task> {
    office: Arc<Office<T>>,
    pub(crate) threads: Vec<JoinHandle<()>>,
}

impl<T: Task> Pool<T> {
    pub(crate) fn of(office: Arc<Office<T>>) -> Self {
        Self { office, threads: Vec::new() }
    }

    /// Queues a task, and returns at once the way to its result.
    pub fn submit(&self, task: T) -> Handle<T> {
        self.take(Ticket::new(task, None))
    }

    /// Queues a task with options of its own.
    pub fn submit_with(&self, task: T, options: Options) -> Handle<T> {
        let chunk = self.office.settings.choice.chunk;
        self.take(Ticket::new(task, Some(Arc::new(Choice { options, chunk }))))
    }

    fn take(&self, ticket: Ticket<T>) -> Handle<T> {
        let ticket = Arc::new(ticket);
        self.office.take(&ticket);
        Handle(ticket)
    }

    /// Queues many tasks at once, and returns the ways to their results, in order.
    pub fn submit_all(&self, tasks: impl IntoIterator<Item = T>) -> Vec<Handle<T>> {
        self.take_all(None, tasks)
    }

    fn take_all(
        &self,
        choice: Option<Arc<Choice>>,
        tasks: impl IntoIterator<Item = T>,
    ) -> Vec<Handle<T>> {
        let ticket = |task| Arc::new(Ticket::new(task, choice.clone()));
        let tickets: Vec<_> = tasks.into_iter().map(ticket).collect();
        self.office.queue(self.office.state(), tickets.iter().cloned());
        tickets.into_iter().map(Handle).collect()
    }

    /// Runs many tasks, and returns what came of each in their order.
    ///
    /// # Blocking
    /// Until all are over.
    pub fn map(&self, tasks: impl IntoIterator<Item = T>) -> Vec<Outcome<T::Output>> {
        self.submit_all(tasks).into_iter().map(Handle::wait).collect()
    }

    /// As [`map`](Self::map), with this many tasks to a message: a worker gets so many, and no more
    /// until it has done them. Tasks that are all alike want few large chunks; those of which some
    /// take long want chunks of 1, or `map`, which finds out by itself.
    ///
    /// # Panics
    /// If a chunk is to be of no task.
    ///
    /// # Blocking
    /// Until all are over.
    pub fn map_in_chunks(
        &self,
        chunk: usize,
        tasks: impl IntoIterator<Item = T>,
    ) -> Vec<Outcome<T::Output>> {
        assert!(chunk > 0, "a chunk is of 1 task at the least");
        let choice = Choice { options: self.office.settings.choice.options, chunk: Some(chunk) };
        self.take_all(Some(Arc::new(choice)), tasks).into_iter().map(Handle::wait).collect()
    }

    /// Returns the numbers of the processes that are ready for tasks. A moment later it may be
    /// otherwise.
    pub fn pids(&self) -> Vec<u32> {
        self.office
            .state()
            .slots
            .iter()
            .filter(|slot| slot.ready)
            .filter_map(|slot| Some(slot.process.as_ref()?.pid()))
            .collect()
    }

    /// Takes the lock that the workers share.
    ///
    /// # Panics
    /// If this thread holds it.
    ///
    /// # Blocking
    /// As long as a worker holds it, which may be for ever: a [time
    /// limit](crate::Builder::time_limit) ends a worker that does not release it.
    pub fn lock(&self) -> Guard<'_> {
        self.office.shared.lock()
    }

    /// Returns the counter that the workers share.
    pub fn counter(&self) -> &AtomicU64 {
        self.office.shared.counter()
    }

    /// Takes no more tasks, has those run that there are, and ends the workers.
    ///
    /// # Blocking
    /// As long as the tasks take, and callbacks. A worker that has not ended 5 s after its last
    /// task is killed, and so is one that has been stopped (SIGSTOP) for 5 s: then its task is over
    /// with [`Error::Died`](crate::Error::Died), or is run again.
    pub fn shutdown(mut self) {
        self.end(false, false);
    }

    /// Ends those tasks that no worker has begun, with [`Error::Closed`](crate::Error::Closed),
    /// waits for those that one has, and ends the workers.
    ///
    /// # Blocking
    /// As long as the tasks take that were begun, and callbacks; with a worker that is stopped, as
    /// [`shutdown`](Self::shutdown).
    pub fn shutdown_now(mut self) {
        self.end(true, false);
    }

    /// Ends all tasks, with [`Error::Closed`](crate::Error::Closed), also those that run: their
    /// workers are killed.
    pub fn terminate(mut self) {
        self.end(true, true);
    }

    fn end(&mut self, discards: bool, kills: bool) {
        let mut over: Over<T> = Vec::new();
        let mut state = self.office.state();
        state.closed = true;
        if discards {
            state.discards = true;
            state.kills = kills;
            let queued = std::mem::take(&mut state.queue).into();
            self.office.requeue(&mut state, queued, &mut over);
            self.office.count_out(&mut state, over.len());
            for slot in &mut state.slots {
                if kills {
                    if let Some(page) = slot.line.as_ref().map(|line| &line.page)
                        && let Now::Runs(number) = page.now()
                    {
                        page.doom(number);
                    }
                    slot.kill();
                } else {
                    slot.nudge();
                }
            }
        }
        self.office.announce();
        drop(state);
        self.office.end_all(over);
        // A pool may be dropped by what one of its threads wakes or drops. That one cannot wait for
        // itself.
        if !is_of(&self.office) {
            for thread in self.threads.drain(..) {
                // It does not panic; if it did, the others would still end.
                let _ = thread.join();
            }
        }
        self.office.callbacks.end();
    }
}

thread_local! {
    /// Whose thread this is: the address of what the threads of a pool share. Without a destructor,
    /// so that it is there to the end.
    static OF: Cell<usize> = const { Cell::new(0) };
}

/// Notes that this thread is one of a pool's own.
pub(crate) fn belongs<T: Task>(office: &Arc<Office<T>>) {
    OF.set(Arc::as_ptr(office) as usize);
}

fn is_of<T: Task>(office: &Arc<Office<T>>) -> bool {
    OF.get() == Arc::as_ptr(office) as usize
}

impl<T: Task> Drop for Pool<T> {
    fn drop(&mut self) {
        self.end(false, false);
    }
}

impl<T: Task> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("pids", &self.pids()).finish_non_exhaustive()
    }
}
