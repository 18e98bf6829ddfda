//! Results in the order of completion, not of submission.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::{fmt, vec};

use kit::real::lane::lock;

use crate::{Handle, Outcome};

/// Returns the outcome of each task as soon as it is over, with the index of its handle.
///
/// ```
/// use thread_pool::{Builder, ChannelPool, Pool, as_completed};
///
/// let pool: ChannelPool = Builder::new().workers(2).build()?;
/// let (open, gate) = std::sync::mpsc::channel::<()>();
/// let late = pool.submit(move || gate.recv().map_or("late", |()| "never"))?;
/// let soon = pool.submit(|| "soon")?;
/// let mut results = as_completed([late, soon]);
/// assert!(matches!(results.next(), Some((1, Ok("soon")))));
/// drop(open);
/// assert!(matches!(results.next(), Some((0, Ok("late")))));
/// assert!(results.next().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn as_completed<T: Send + 'static>(
    handles: impl IntoIterator<Item = Handle<T>>,
) -> AsCompleted<T> {
    let mut handles: Vec<_> = handles.into_iter().map(Some).collect();
    let over = Arc::<Mutex<VecDeque<usize>>>::default();
    let arrival = |_| {
        let over = Arc::clone(&over);
        Handle::of(move || lock(&over).pop_front().expect("a task has come"))
    };
    let (next, arrivals): (VecDeque<_>, Vec<_>) = (0..handles.len()).map(arrival).unzip();
    let next = Arc::new(Mutex::new(next));
    for (number, handle) in handles.iter_mut().flatten().enumerate() {
        let (over, next) = (Arc::clone(&over), Arc::clone(&next));
        handle.on_done(move |_| {
            lock(&over).push_back(number);
            let arrival = lock(&next).pop_front();
            arrival.expect("there is one for each").run();
        });
    }
    AsCompleted { handles, arrivals: arrivals.into_iter() }
}

/// An iterator over outcomes in the order of completion: see [`as_completed`].
///
/// # Blocking
/// `next` blocks until one more task is over. Dropping it lets the tasks that are left run.
pub struct AsCompleted<T> {
    /// `None` where the outcome was returned.
    handles: Vec<Option<Handle<T>>>,
    /// The arrivals are tasks themselves, run by the threads that end the others: the first is over
    /// when any of those is, and returns its index.
    arrivals: vec::IntoIter<Handle<usize>>,
}

impl<T: Send + 'static> Iterator for AsCompleted<T> {
    type Item = (usize, Outcome<T>);

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.arrivals.next()?.wait().expect("an arrival does not panic");
        let handle = self.handles[number].take().expect("each arrives once");
        // Its callback was called a moment before its outcome can be taken.
        Some((number, handle.wait()))
    }
}

impl<T> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").field("left", &self.arrivals.len()).finish_non_exhaustive()
    }
}
