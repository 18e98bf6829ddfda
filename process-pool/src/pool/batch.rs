//! Tasks that were submitted one after the other, and go through the pool together.

use std::collections::VecDeque;
use std::process::ExitStatus;
use std::sync::Arc;

use super::block::Next;
use super::error::Error;
use super::options::{Choice, OnDeath};
use super::part::Part;
use super::protocol::catch_panic;
use super::status_word::TaskStatus;
use super::task::Task;

/// Tasks that were submitted one after the other, with the same options.
pub(crate) struct Batch<T: Task> {
    pub(crate) tasks: Part<T, T::Output>,
    /// `None` for the pool's default.
    pub(crate) choice: Option<Arc<Choice>>,
    /// The number that the first task has in its worker, which has been sent them.
    pub(crate) number: u64,
    /// The number of workers that died of the task. Such a task is in a batch of its own.
    pub(crate) deaths: u32,
}

/// Tasks that are over.
pub(crate) type Over<T> = Vec<Ended<T>>;

/// Tasks that were replaced by their outcomes, or will be when the pool is not locked: their names
/// and drops are the caller's code, which may use the pool.
pub(crate) struct Ended<T: Task> {
    tasks: Part<T, T::Output>,
    /// The outcome of each, if they will be replaced.
    error: Option<Why<T>>,
}

/// Why a task has no result.
type Why<T> = Box<dyn Fn(&T) -> Error>;

impl<T: Task> Ended<T> {
    /// Of tasks that were all replaced.
    pub(crate) fn of(tasks: Part<T, T::Output>) -> Self {
        Self { tasks, error: None }
    }

    pub(crate) fn count(&self) -> usize {
        self.tasks.ended() + self.tasks.len()
    }

    /// Ends the tasks; adds what their ends have to wake or call.
    pub(crate) fn publish(mut self, next: &mut Vec<Next<T, T::Output>>) {
        if let Some(error) = self.error {
            self.tasks.end_all(|task| Err(Box::new(error(task))));
        }
        self.tasks.publish(next);
    }
}

impl<T: Task> Batch<T> {
    pub(crate) fn new(tasks: Part<T, T::Output>, choice: Option<Arc<Choice>>) -> Self {
        Self { tasks, choice, number: 0, deaths: 0 }
    }

    /// Returns the tasks' options, or else the pool's.
    pub(crate) fn choice<'a>(&'a self, default: &'a Choice) -> &'a Choice {
        self.choice.as_deref().unwrap_or(default)
    }

    /// Takes the first `count` tasks out.
    pub(crate) fn split(&mut self, count: usize) -> Self {
        let first = Self { tasks: self.tasks.split(count), choice: self.choice.clone(), ..*self };
        self.number += count as u64;
        first
    }

    /// Returns the tasks with an error for each.
    pub(crate) fn failed(self, error: impl Fn(&T) -> Error + 'static) -> Ended<T> {
        Ended { tasks: self.tasks, error: Some(Box::new(error)) }
    }

    /// Settles tasks whose worker is dead, by the worker's last status: they are over, or to be run
    /// again.
    pub(crate) fn after_death(
        mut self,
        default: &Choice,
        last: TaskStatus,
        (pid, status): (u32, Option<ExitStatus>),
        over: &mut Over<T>,
        again: &mut Vec<Self>,
    ) {
        let at = match last {
            TaskStatus::Nothing => 0,
            TaskStatus::Runs(at) | TaskStatus::Finished(at) | TaskStatus::Doomed(at) => at,
        };
        // Three parts: what was done before the last one that was begun, that one, what was not
        // begun.
        for end in [at, at + 1] {
            let count = usize::try_from(end.saturating_sub(self.number)).unwrap_or(usize::MAX);
            let mut part = self.split(count.min(self.tasks.len()));
            let options = part.choice(default).options;
            let is_last = end > at;
            match options.on_death {
                _ if part.tasks.is_empty() => {}
                _ if is_last && matches!(last, TaskStatus::Doomed(_)) => {
                    let limit = options.time_limit.unwrap_or_default();
                    over.push(part.failed(move |task| Error::TimedOut { name: name(task), limit }));
                }
                OnDeath::Report => {
                    let died = move |task: &T| Error::Died { name: name(task), pid, status };
                    over.push(part.failed(died));
                }
                OnDeath::RunAgain { limit } => {
                    let of_it = is_last && matches!(last, TaskStatus::Runs(_));
                    part.deaths += u32::from(of_it);
                    let deaths = part.deaths;
                    if of_it && deaths >= limit {
                        over.push(part.failed(move |task| {
                            let name = name(task);
                            Error::Poison { name, deaths, pid, status }
                        }));
                    } else {
                        again.push(part);
                    }
                }
            }
        }
        again.extend((!self.tasks.is_empty()).then_some(self));
    }
}

/// Returns the task's name, or its type, if the task's own method panics.
pub(crate) fn name<T: Task>(task: &T) -> String {
    catch_panic(|| task.name()).unwrap_or_else(|_| std::any::type_name::<T>().to_owned())
}

/// A queue of tasks.
pub(crate) struct Batches<T: Task> {
    pub(crate) batches: VecDeque<Batch<T>>,
    /// The number of tasks in them.
    len: usize,
}

impl<T: Task> Batches<T> {
    pub(crate) const fn new() -> Self {
        Self { batches: VecDeque::new(), len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Moves all tasks of the other queue to the end of this one.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.len += std::mem::take(&mut other.len);
        self.batches.append(&mut other.batches);
    }

    pub(crate) fn push_back(&mut self, batch: Batch<T>) {
        self.len += batch.tasks.len();
        self.batches.push_back(batch);
    }

    pub(crate) fn push_front(&mut self, batch: Batch<T>) {
        self.len += batch.tasks.len();
        self.batches.push_front(batch);
    }

    /// Takes the first tasks out, `count` at the most.
    pub(crate) fn take(&mut self, count: usize) -> Vec<Batch<T>> {
        let count = count.min(self.len);
        self.len -= count;
        let (mut taken, mut left) = (Vec::new(), count);
        while left > 0
            && let Some(first) = self.batches.front_mut()
        {
            let batch = if first.tasks.len() > left {
                first.split(left)
            } else {
                self.batches.pop_front().expect("it was there")
            };
            left -= batch.tasks.len();
            taken.push(batch);
        }
        taken
    }

    /// Returns the number of the first task.
    pub(crate) fn first(&self) -> Option<u64> {
        self.batches.front().map(|batch| batch.number)
    }

    /// Returns the batch that has the task of this number.
    pub(crate) fn get(&self, number: u64) -> Option<&Batch<T>> {
        let has = |batch: &&Batch<T>| {
            (batch.number..batch.number + batch.tasks.len() as u64).contains(&number)
        };
        self.batches.iter().find(has)
    }

    /// Returns how many of the tasks at the front have a lower number.
    pub(crate) fn below(&self, number: u64) -> usize {
        let below = |batch: &Batch<T>| {
            let below = number.saturating_sub(batch.number);
            usize::try_from(below).unwrap_or(usize::MAX).min(batch.tasks.len())
        };
        self.batches.iter().map(below).sum()
    }
}
