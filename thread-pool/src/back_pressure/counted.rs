//! The tasks that exist, counted as they come and go, for both sides of Little's law.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use kit::real::lane::{lock, wait_while};

use super::Pressure;

/// The average number of tasks in the system, found in two ways.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Little {
    /// The number of tasks at each moment, averaged over all moments.
    pub average: f64,
    /// The arrivals per second.
    pub rate: f64,
    /// The average stay of a task.
    pub stay: Duration,
}

/// The tasks that exist, counted as they come and go.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct Now {
    pub(super) alive: usize,
    came: u32,
    /// The tasks that the producer has submitted, taken or rejected.
    pub(super) submitted: usize,
    pub(super) counts: Pressure,
    /// The first arrival, and the last change.
    time: Option<(Instant, Instant)>,
    /// The number of tasks, integrated over time.
    tasks_times_time: Duration,
    /// The sum of the stays of those that are gone.
    stays: Duration,
}

/// A task's data, counted for as long as it lives.
#[derive(Debug)]
pub(super) struct Data {
    tasks: Arc<Tasks>,
    /// Its number, until it is run.
    number: Option<usize>,
    came: Instant,
    bytes: Vec<u8>,
}

impl Tasks {
    pub(super) fn now(&self) -> MutexGuard<'_, Now> {
        lock(&self.now)
    }

    pub(super) fn enter(self: &Arc<Self>, number: usize, bytes: usize) -> Data {
        // Not zeroes, whose pages the system does not allocate before they are touched.
        let bytes = vec![1; bytes];
        let came = self.note(|now| {
            now.came += 1;
            let came = now.add_up();
            now.alive += 1;
            now.counts.most_alive = now.counts.most_alive.max(now.alive);
            came
        });
        Data { tasks: Arc::clone(self), number: Some(number), came, bytes }
    }

    pub(super) fn note<R>(&self, change: impl FnOnce(&mut Now) -> R) -> R {
        let noted = change(&mut self.now());
        self.changed.notify_all();
        noted
    }

    pub(super) fn until(&self, condition: impl Fn(&Now) -> bool) {
        drop(wait_while(&self.changed, self.now(), |now| !condition(now)));
    }
}

impl Now {
    /// Adds up the time since the last change, in which the number of tasks was the same.
    fn add_up(&mut self) -> Instant {
        let now = Instant::now();
        let (first, last) = self.time.unwrap_or((now, now));
        self.tasks_times_time += now.duration_since(last) * self.alive as u32;
        self.time = Some((first, now));
        now
    }

    pub(super) fn little(&self) -> Little {
        let took = self.time.map_or(Duration::ZERO, |(first, last)| last - first);
        Little {
            average: self.tasks_times_time.as_secs_f64() / took.as_secs_f64(),
            rate: f64::from(self.came) / took.as_secs_f64(),
            stay: self.stays / self.came.max(1),
        }
    }
}

impl Data {
    pub(super) fn begins(&mut self, by_producer: bool) {
        self.number = None;
        self.tasks.note(|Now { counts, .. }| {
            *if by_producer { &mut counts.by_producer } else { &mut counts.by_workers } += 1;
        });
    }

    pub(super) fn check(&self) {
        assert!(self.bytes.iter().all(|byte| *byte == 1), "the data is this task's alone");
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        self.tasks.note(|now| {
            let left = now.add_up();
            now.alive -= 1;
            now.counts.never_run.extend(self.number);
            now.stays += left.duration_since(self.came);
        });
    }
}
