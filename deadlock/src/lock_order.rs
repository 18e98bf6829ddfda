//! Two threads, two locks: who takes them in which order.
//!
//! Each form has the same `run`: two threads add 1 to both of a pair's values, under both locks.
//! The difference between two files is the difference between two approaches.

use super::lane::{self, lock};
use super::sync::{self, Arc, Mutex};
use crate::Window;

pub mod both_at_once;
pub mod opposite;
pub mod ordered;
pub mod try_back_off;

/// Two values, each behind a lock of its own, and the window between taking one and taking the
/// other.
#[derive(Debug)]
pub struct Pair {
    a: Mutex<u32>,
    b: Mutex<u32>,
    window: Window,
}

/// Says what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The values under lock A and lock B: 2 and 2.
    pub values: (u32, u32),
    /// How often a thread gave a lock back to try again.
    pub back_offs: u32,
}

impl Pair {
    fn new(window: Window) -> Arc<Self> {
        Arc::new(Self { a: Mutex::new(0), b: Mutex::new(0), window })
    }

    fn done(&self, back_offs: u32) -> Done {
        Done { values: (*lock(&self.a), *lock(&self.b)), back_offs }
    }
}
