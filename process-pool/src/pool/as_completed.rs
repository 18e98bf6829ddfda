//! Results in the order of completion, not in that of submission.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

use super::handle::{Handle, block_on};
use super::task::Task;
use super::task_state::Outcome;

/// Returns the outcome of each task as soon as the task is over, with the place of its handle, from 0.
///
/// ```no_run
/// # use process_pool::{Context, Handle, Task, as_completed};
/// # fn example<T: Task>(handles: Vec<Handle<T>>) {
/// for (place, outcome) in as_completed(handles) {
///     println!("task {place}: {}", if outcome.is_ok() { "done" } else { "failed" });
/// }
/// # }
/// ```
///
/// # Panics
/// If the outcome of one of them was taken before.
pub fn as_completed<T: Task>(handles: impl IntoIterator<Item = Handle<T>>) -> AsCompleted<T> {
    let arrivals = Arc::<Mutex<Arrivals<T>>>::default();
    let mut left = 0;
    for (number, handle) in handles.into_iter().enumerate() {
        let waker = Arc::new(Arrival { number, arrivals: Arc::clone(&arrivals) }).into();
        if let Some(outcome) = handle.0.take(Some(&waker)) {
            lock(&arrivals).over.push_back((number, Some(outcome)));
        } else {
            let mut arrivals = lock(&arrivals);
            arrivals.handles.resize_with(number + 1, || None);
            arrivals.handles[number] = Some(handle);
        }
        left += 1;
    }
    AsCompleted { left, arrivals }
}

/// An iterator over the outcomes of tasks, in the order of completion: see [`as_completed`].
///
/// # Blocking
/// `next` blocks until one more task is over. Dropping it lets the others run.
pub struct AsCompleted<T: Task> {
    left: usize,
    arrivals: Arc<Mutex<Arrivals<T>>>,
}

struct Arrivals<T: Task> {
    handles: Vec<Option<Handle<T>>>,
    /// Tasks that are over and were not returned yet; with the outcome, if a task was over from the
    /// beginning.
    over: VecDeque<(usize, Option<Outcome<T::Output>>)>,
    waker: Option<Waker>,
}

impl<T: Task> Default for Arrivals<T> {
    fn default() -> Self {
        Self { handles: Vec::new(), over: VecDeque::new(), waker: None }
    }
}

/// A waker that a task wakes when it is over.
struct Arrival<T: Task> {
    number: usize,
    arrivals: Arc<Mutex<Arrivals<T>>>,
}

impl<T: Task> Wake for Arrival<T> {
    fn wake(self: Arc<Self>) {
        let waker = {
            let mut arrivals = lock(&self.arrivals);
            arrivals.over.push_back((self.number, None));
            arrivals.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

fn lock<T: Task>(arrivals: &Mutex<Arrivals<T>>) -> MutexGuard<'_, Arrivals<T>> {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Task> Iterator for AsCompleted<T> {
    type Item = (usize, Outcome<T::Output>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let arrived = |waker: Option<&Waker>| {
            let mut arrivals = lock(&self.arrivals);
            let arrived = arrivals.over.pop_front();
            if let (None, Some(waker)) = (&arrived, waker) {
                arrivals.waker = Some(waker.clone());
            }
            arrived
        };
        let (number, outcome) = block_on(arrived, false, None)?;
        let handle = || lock(&self.arrivals).handles[number].take();
        Some((number, outcome.unwrap_or_else(|| handle().expect("each arrives once").wait())))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Task> ExactSizeIterator for AsCompleted<T> {}

impl<T: Task> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").field("left", &self.left).finish_non_exhaustive()
    }
}
