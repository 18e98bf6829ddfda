//! A thread as an object: a struct that owns its state and has `run`, two ways to end it in order,
//! one that does not end it, and what becomes of its panic.
//!
//! Rust has no class to inherit from: a type gives `run`, and a trait has `start` ([`Runnable`]). In
//! the other variants, [`Total`] is moved into its thread, so no other thread can touch it meanwhile;
//! the thread returns it, so `join` returns the state.

use std::any::Any;

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{self, start};
use super::sync::Arc;
use super::sync::atomic::{AtomicBool, Ordering::Relaxed};
use super::sync::mpsc::{Sender, channel};
use super::thread::{self, JoinHandle};

/// The state that the worker owns: the numbers that it has added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many they are.
    pub numbers: u32,
    /// Their sum.
    pub sum: u64,
}

impl Total {
    fn add(&mut self, number: u32) {
        self.numbers += 1;
        self.sum += u64::from(number);
    }
}

/// Sets a flag that the worker does not see: it is blocked until a number comes, and none will. When
/// it has checked the flag and not found it set, it and its owner meet.
///
/// # Blocking
/// For ever, if the worker has checked already: the sender is kept meanwhile, so there might still be
/// a number to come.
pub fn flag_unseen(checked: &SyncPoint) -> thread::Result<Total> {
    let (_sender, numbers) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let (stop2, checked2) = (Arc::clone(&stop), checked.clone());
    let worker = start("worker", move || {
        let mut total = Total::default();
        while !stop2.load(Relaxed) {
            info!("sees no flag");
            checked2.meet();
            let _waits = info_span!("waits", what = "a number", from = "owner");
            total.add(numbers.recv().expect("the owner keeps the sender"));
        }
        total
    });
    checked.meet();
    stop.store(true, Relaxed);
    info_span!("owner", lane = "owner").in_scope(|| info!("sets the flag"));
    wait_for(worker)
}

/// A worker that adds up 1, 2, 3 and so on, and checks a flag before each step. Its owner stops it, at
/// the latest when the owner goes out of scope.
#[derive(Debug)]
pub struct FlagWorker {
    /// `Relaxed`: the flag publishes no other memory. What the worker did reaches its owner through
    /// `join`.
    stop: Arc<AtomicBool>,
    at_three: SyncPoint,
    /// `None` once it has been stopped.
    thread: Option<JoinHandle<Total>>,
}

impl FlagWorker {
    /// Starts the worker. After three steps, it and its owner meet.
    pub fn start(at_three: &SyncPoint) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stop2, at_three2) = (Arc::clone(&stop), at_three.clone());
        let thread = start("worker", move || {
            let _runs = info_span!("runs", what = "step after step");
            let mut total = Total::default();
            while !stop2.load(Relaxed) {
                total.add(total.numbers + 1);
                if total.numbers == 3 {
                    at_three2.meet();
                }
                // Room for a real step; and other threads get the core.
                thread::yield_now();
            }
            total
        });
        Self { stop, at_three: at_three.clone(), thread: Some(thread) }
    }

    /// Sets the flag and waits until the worker has finished the step that it is in; returns its
    /// panic, if it has panicked.
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

impl Drop for FlagWorker {
    /// Stops the worker, so that no thread is left behind. Its panic is lost here; `stop` returns it.
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// A worker that adds up the numbers that it is sent. The channel is the flag: when its last sender is
/// dropped, the worker's loop ends, once everything that was sent has been received.
#[derive(Debug)]
pub struct ChannelWorker {
    numbers: Sender<u32>,
    thread: JoinHandle<Total>,
}

impl ChannelWorker {
    /// Starts the worker.
    pub fn start() -> Self {
        let (sender, numbers) = channel();
        let thread = start("worker", move || {
            let mut total = Total::default();
            loop {
                let waits = info_span!("waits", what = "a number", from = "owner");
                let Ok(number) = numbers.recv() else { return total };
                drop(waits);
                total.add(number);
            }
        });
        Self { numbers: sender, thread }
    }

    /// Sends it a number, in vain if it has panicked, which `stop` returns.
    pub fn send(&self, number: u32) {
        let _ = self.numbers.send(number);
    }

    /// Drops the sender, and waits until the worker has added up all that was sent.
    pub fn stop(self) -> thread::Result<Total> {
        drop(self.numbers);
        wait_for(self.thread)
    }
}

/// Starts a worker of five steps that panics, by `fail`, in its third. Returns the payload of the
/// panic, which has ended that thread alone.
pub fn heard(fail: fn(u32)) -> Box<dyn Any + Send> {
    wait_for(start("worker", move || (1..=5).for_each(fail))).expect_err("it panics")
}

/// As [`heard`], but drops the handle. The worker panics and is gone; all that shows it is that its
/// last steps are missing. Returns how many were done.
pub fn unheard(fail: fn(u32)) -> usize {
    let (sender, steps) = channel();
    let step = move |number| {
        fail(number);
        let _ = sender.send(number);
    };
    drop(start("worker", move || (1..=5).for_each(step)));
    // It ends when the worker's sender is dropped, which a panic does as well.
    steps.into_iter().count()
}

/// Returns the message of a panic: the text of `panic!`, or `None` for another payload.
pub fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    // A text without arguments is a `&str`, one with arguments was formatted into a `String`.
    let formatted = payload.downcast_ref::<String>().map(String::as_str);
    formatted.or_else(|| payload.downcast_ref::<&str>().copied())
}

/// A body to be run on a thread: a type gives `run` and has `start` from here, which is what a class
/// that inherits from a thread class does elsewhere.
pub trait Runnable: Send + Sized + 'static {
    /// Runs the body. Called directly, it runs on the calling thread, as any function does.
    fn run(&mut self);

    /// Moves the value into a new thread, which runs it and returns it.
    fn start(mut self) -> JoinHandle<Self> {
        lane::start("worker", move || {
            self.run();
            self
        })
    }
}

/// A worker that adds up 1 to `last`.
#[derive(Clone, Debug, Default)]
pub struct AddsUp {
    /// The last number.
    pub last: u64,
    /// The sum; 0 before it has run.
    pub sum: u64,
    /// The name of the thread that it ran on.
    pub ran_on: Option<String>,
}

impl Runnable for AddsUp {
    fn run(&mut self) {
        self.sum = (1..=self.last).sum();
        self.ran_on = thread::current().name().map(str::to_owned);
    }
}

/// A worker that repeats a word, which becomes the text.
#[derive(Debug)]
pub struct Repeats(pub String);

impl Runnable for Repeats {
    fn run(&mut self) {
        self.0 = self.0.repeat(3);
    }
}

/// Joins the worker, in its owner's lane.
#[track_caller]
fn wait_for<R>(thread: JoinHandle<R>) -> thread::Result<R> {
    let _waits = info_span!("waits", lane = "owner", what = "end of worker", from = "worker");
    thread.join()
}
