//! Results in the order of completion, not in that of submission.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Wake;

use super::block::Outcome;
use super::handle::Handle;
use super::task::Task;

/// Returns the outcome of each task as soon as the task is over, with the place of its handle, from
/// 0.
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
    let (sender, over) = channel();
    let watch = |(place, handle): (usize, Handle<T>)| {
        handle.wake(Arc::new(Arrival { place, over: sender.clone() }).into());
        Some(handle)
    };
    let handles: Vec<_> = handles.into_iter().enumerate().map(watch).collect();
    AsCompleted { left: handles.len(), handles, over }
}

/// An iterator over the outcomes of tasks, in the order of completion: see [`as_completed`].
///
/// # Blocking
/// `next` blocks until one more task is over. Dropping it lets the others run.
pub struct AsCompleted<T: Task> {
    left: usize,
    handles: Vec<Option<Handle<T>>>,
    /// The places of tasks that are over.
    over: Receiver<usize>,
}

/// A waker that is woken when a task is over.
struct Arrival {
    place: usize,
    over: Sender<usize>,
}

impl Wake for Arrival {
    fn wake(self: Arc<Self>) {
        // The iterator may have been dropped.
        let _ = self.over.send(self.place);
    }
}

impl<T: Task> Iterator for AsCompleted<T> {
    type Item = (usize, Outcome<T::Output>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let place = self.over.recv().ok()?;
        let handle = self.handles[place].take()?;
        Some((place, handle.wait()))
    }
}

impl<T: Task> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").field("left", &self.left).finish_non_exhaustive()
    }
}
