//! What a worker is given, and what it gives back: data, since nothing else gets from one process to another.

use std::fmt;
use std::process::exit;

use serde::{Deserialize, Serialize};

/// A task: which one, and its arguments. A closure would not do, for it is code and borrows in the memory of one process:
///
/// ```compile_fail,E0308
/// fn asks(pool: &process_pool::Pool) {
///     pool.submit(|| 6 * 7);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Counts the primes below a number: work for a processor, and no wait.
    PrimesBelow(u64),
    /// Ends the worker with this exit code in the middle of the task, as a crash would.
    Exit(i32),
}

impl Task {
    /// Does the work, wherever it is called.
    pub fn run(self) -> u64 {
        match self {
            Self::PrimesBelow(limit) => (2..limit).map(|number| u64::from(is_prime(number))).sum(),
            Self::Exit(code) => exit(code),
        }
    }
}

fn is_prime(number: u64) -> bool {
    !(2..).take_while(|divisor| divisor * divisor <= number).any(|divisor| number.is_multiple_of(divisor))
}

/// What the lane of a worker says while it is at it.
impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrimesBelow(limit) => write!(f, "primes < {limit}"),
            Self::Exit(code) => write!(f, "exit({code})"),
        }
    }
}

/// What came of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The process that ran it, by its own account.
    pub pid: u32,
    /// What [`Task::run`] returned.
    pub value: u64,
}
