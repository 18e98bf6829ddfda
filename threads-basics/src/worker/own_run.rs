//! A type gives its own `run`, and has `start` from the trait: what a class that inherits from a
//! thread class does elsewhere.

use super::lane;
use super::thread::{self, JoinHandle};

/// A body to be run on a thread.
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats(pub String);

impl Runnable for Repeats {
    fn run(&mut self) {
        self.0 = self.0.repeat(3);
    }
}
