//! The worker always has something to do, and checks a flag before each step. Its owner stops it, at
//! the latest when the owner goes out of scope.

use super::lane::start;
use super::sync::Arc;
use super::sync::atomic::{AtomicBool, Ordering::Relaxed};
use super::thread::{self, JoinHandle};
use super::{SyncPoint, Total, info_span, wait_for};

/// A worker that adds up 1, 2, 3 and so on, until it is told to stop.
#[derive(Debug)]
pub struct Worker {
    /// `Relaxed`: the flag publishes no other memory. What the worker did reaches its owner through
    /// `join`.
    stop: Arc<AtomicBool>,
    at_three: SyncPoint,
    /// `None` once it has been stopped.
    thread: Option<JoinHandle<Total>>,
}

impl Worker {
    /// Starts the worker. After three steps, it and its owner meet.
    pub fn start(at_three: &SyncPoint) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stop2, at_three2) = (Arc::clone(&stop), at_three.clone());
        let thread = start("worker", move || run(Total::default(), &stop2, &at_three2));
        Self { stop, at_three: at_three.clone(), thread: Some(thread) }
    }

    /// Sets the flag and waits for the worker, which finishes the step that it is in.
    ///
    /// # Errors
    /// The worker has panicked.
    ///
    /// # Blocking
    /// Until that step is done.
    pub fn stop(mut self) -> thread::Result<Total> {
        self.end().unwrap_or_else(|| unreachable!("it is stopped here, or dropped, and not twice"))
    }

    fn end(&mut self) -> Option<thread::Result<Total>> {
        let thread = self.thread.take()?;
        self.at_three.meet();
        self.stop.store(true, Relaxed);
        Some(wait_for(thread))
    }
}

impl Drop for Worker {
    /// Stops the worker, so that no thread is left behind. Its panic is lost here; `stop` returns it.
    fn drop(&mut self) {
        let _ = self.end();
    }
}

fn run(mut total: Total, stop: &AtomicBool, at_three: &SyncPoint) -> Total {
    let _runs = info_span!("runs", what = "step after step");
    while !stop.load(Relaxed) {
        total.add(total.numbers + 1);
        if total.numbers == 3 {
            at_three.meet();
        }
        // Room for a real step; and other threads get the core.
        thread::yield_now();
    }
    total
}
