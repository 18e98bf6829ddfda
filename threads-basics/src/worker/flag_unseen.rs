//! A flag is set, and not seen: the worker is blocked until a number comes, and none will.

use tracing::info;

use super::lane::start;
use super::sync::Arc;
use super::sync::atomic::{AtomicBool, Ordering::Relaxed};
use super::sync::mpsc::{Receiver, Sender, channel};
use super::thread::{self, JoinHandle};
use super::{SyncPoint, Total, info_span, wait_for};

/// A worker that adds up the numbers that it is sent, until it is told to stop.
#[derive(Debug)]
pub struct Worker {
    numbers: Sender<u32>,
    stop: Arc<AtomicBool>,
    looked: SyncPoint,
    thread: JoinHandle<Total>,
}

impl Worker {
    /// Starts the worker. When it has checked the flag and not found it set, it and its owner meet.
    pub fn start(looked: &SyncPoint) -> Self {
        let (sender, numbers) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (stop2, looked2) = (Arc::clone(&stop), looked.clone());
        let thread = start("worker", move || run(Total::default(), &numbers, &stop2, &looked2));
        Self { numbers: sender, stop, looked: looked.clone(), thread }
    }

    /// Sets the flag and waits for the worker.
    ///
    /// # Errors
    /// The worker has panicked.
    ///
    /// # Blocking
    /// For ever, if the worker has checked already: the sender is kept meanwhile, so there might still
    /// be a number to come.
    pub fn stop(self) -> thread::Result<Total> {
        let Self { numbers, stop, looked, thread } = self;
        looked.meet();
        stop.store(true, Relaxed);
        info_span!("owner", lane = "owner").in_scope(|| info!("sets the flag"));
        let ended = wait_for(thread);
        drop(numbers);
        ended
    }
}

fn run(mut total: Total, numbers: &Receiver<u32>, stop: &AtomicBool, looked: &SyncPoint) -> Total {
    while !stop.load(Relaxed) {
        info!("sees no flag");
        looked.meet();
        let _waits = info_span!("waits", what = "a number", from = "owner");
        // The owner keeps the sender until this thread has ended.
        total.add(numbers.recv().expect("the owner is there"));
    }
    total
}
