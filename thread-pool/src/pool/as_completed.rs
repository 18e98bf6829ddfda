//! Results in the order of completion, not of submission.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use kit::real::lane::lock;

use super::block_on;
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
    let arrivals = Arc::<Mutex<Arrivals>>::default();
    let handles = handles.into_iter().enumerate().map(|(number, mut handle)| {
        let arrivals = Arc::clone(&arrivals);
        handle.on_done(move |_| arrive(&arrivals, number));
        Some(handle)
    });
    let handles: Vec<_> = handles.collect();
    AsCompleted { left: handles.len(), handles, arrivals }
}

/// An iterator over outcomes in the order of completion: see [`as_completed`].
///
/// # Blocking
/// `next` blocks until one more task is over. Dropping it lets the tasks that are left run.
pub struct AsCompleted<T> {
    /// `None` where the outcome was returned.
    handles: Vec<Option<Handle<T>>>,
    left: usize,
    arrivals: Arc<Mutex<Arrivals>>,
}

#[derive(Default)]
struct Arrivals {
    /// The indices of those that are over and were not returned yet.
    over: VecDeque<usize>,
    waker: Option<Waker>,
}

fn arrive(arrivals: &Mutex<Arrivals>, number: usize) {
    let waker = {
        let mut arrivals = lock(arrivals);
        arrivals.over.push_back(number);
        arrivals.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl<T: Send + 'static> Iterator for AsCompleted<T> {
    type Item = (usize, Outcome<T>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let number = block_on::block_on(poll_fn(|context| {
            let mut arrivals = lock(&self.arrivals);
            match arrivals.over.pop_front() {
                Some(number) => Poll::Ready(number),
                None => {
                    arrivals.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        }));
        let handle = self.handles[number].take().expect("each arrives once");
        // Its callback was called a moment before its outcome can be taken.
        Some((number, handle.wait()))
    }
}

impl<T> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").field("left", &self.left).finish_non_exhaustive()
    }
}
