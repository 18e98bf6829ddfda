//! The worker has something to do at any time, and looks at a flag before each step. It is stopped
//! by its owner, at the latest when that goes out of scope.

use super::lane::start;
use super::sync::Arc;
use super::sync::atomic::{AtomicBool, Ordering::Relaxed};
use super::thread::{self, JoinHandle};
use super::{Meeting, Tally, info_span, wait_for};

/// Adds up 1, 2, 3 and so on, until it is told to stop.
#[derive(Debug)]
pub struct Worker {
    /// Relaxed: the flag says nothing of any other memory. What the worker did reaches its owner
    /// through `join`.
    stop: Arc<AtomicBool>,
    at_three: Meeting,
    /// `None` once it has been stopped.
    thread: Option<JoinHandle<Tally>>,
}

impl Worker {
    /// Starts the worker. After three steps, it and its owner meet.
    pub fn start(at_three: &Meeting) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stop2, at_three2) = (Arc::clone(&stop), at_three.clone());
        let thread = start("worker", move || run(Tally::default(), &stop2, &at_three2));
        Self { stop, at_three: at_three.clone(), thread: Some(thread) }
    }

    /// Sets the flag and waits for the worker, which finishes the step that it is in.
    ///
    /// # Errors
    /// The worker has panicked.
    ///
    /// # Blocking
    /// Until that step is done.
    pub fn stop(mut self) -> thread::Result<Tally> {
        self.end().unwrap_or_else(|| unreachable!("it is stopped here, or dropped, and not twice"))
    }

    fn end(&mut self) -> Option<thread::Result<Tally>> {
        let thread = self.thread.take()?;
        self.at_three.meet();
        self.stop.store(true, Relaxed);
        Some(wait_for(thread))
    }
}

impl Drop for Worker {
    /// Stops the worker, so that no thread is left behind. A panic of its goes unheard here: who
    /// wants to hear it calls `stop`.
    fn drop(&mut self) {
        let _ = self.end();
    }
}

fn run(mut tally: Tally, stop: &AtomicBool, at_three: &Meeting) -> Tally {
    let _runs = info_span!("runs", what = "step after step");
    while !stop.load(Relaxed) {
        tally.add(tally.numbers + 1);
        if tally.numbers == 3 {
            at_three.meet();
        }
        // Room for a real step; and whoever else wants the core gets it.
        thread::yield_now();
    }
    tally
}
