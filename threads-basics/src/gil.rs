//! A small interpreter whose threads have to hold one lock, as `CPython`'s do: what that global
//! interpreter lock (GIL) costs, and what it does not guard.
//!
//! # Layout, in reading order
//! - [`lock`]: the lock, [`Gil`];
//! - `eval`: the evaluation loop, which runs opcodes under the lock.
//!
//! To be left out at first: [`bytecode`](crate::bytecode), the opcodes, and the programs made of
//! them; [`machine`], what the threads of an interpreter share; here, [`run`], a thread for each
//! program; and [`references`](super::references), for the variants that count references. Without
//! them a value is a number, and to make one, to take one or to have one again is nothing more.

use std::time::{Duration, Instant};

use super::lane::{self, finish, start};
use super::sync::{self, Arc};
use crate::bytecode::Op;

mod eval;
pub mod lock;
pub mod machine;

pub use super::references::{Counts, Values};
pub use lock::Gil;

/// The guard that keeps the threads of an interpreter apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// One lock for all.
    Gil {
        /// The switch interval: how long a thread waits for the lock before it asks for it; `None`: it
        /// asks at once.
        interval: Option<Duration>,
        /// Where the holder checks whether another thread asks.
        looks: Looks,
    },
    /// A lock for each thread, as in sub-interpreters, which share nothing. They wait for each other
    /// inside once, at their start.
    GilEach {
        /// As for one lock.
        interval: Option<Duration>,
        /// As for one lock.
        looks: Looks,
    },
    /// No lock: each thread is inside until its program ends. They wait for each other likewise.
    Nothing,
}

/// Where an interpreter checks whether another thread wants its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// Between any two opcodes, as `CPython` did up to version 3.9.
    EveryOpcode,
    /// Where it jumps back, as `CPython` does since version 3.10; there also where a function is
    /// called, which these programs do not.
    JumpsBack,
}

/// A run to be made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// A program for each thread.
    pub programs: Vec<Vec<Op>>,
    /// The guard that keeps them apart.
    pub guard: Guard,
    /// What the programs' values are.
    pub values: Values,
    /// The time that input takes to come. [`Op::Read`] first waits until all threads wait for input, so
    /// that all of them have to read equally often.
    pub input: Duration,
    /// Whether each load and store of `count` is recorded: for the steps of a schedule.
    pub told: bool,
}

/// The results of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Each program's result.
    pub results: Vec<i64>,
    /// The value of `count` in the end.
    pub count: i64,
    /// The largest number of threads that ran opcodes at once.
    pub most_inside: usize,
    /// The largest number of threads that waited for input at once.
    pub most_reading: usize,
    /// How often a lock went from one thread to another.
    pub switches: u64,
    /// The references that were counted to the programs' constants and are left in the end: 0 if
    /// counting is right.
    pub references: i64,
    /// The time of the run, the start of the threads included.
    pub took: Duration,
}

/// Runs a program on each thread, `t1`, `t2`, …, and joins all.
///
/// ```
/// # use std::time::Duration;
/// # use threads_basics::{bytecode::count_locked, real::gil::{Guard, Looks, Plan, Values, run}};
/// let guard = Guard::Gil { interval: Some(Duration::from_millis(5)), looks: Looks::EveryOpcode };
/// let (programs, values) = (vec![count_locked(1_000); 2], Values::Numbers);
/// let ran = run(&Plan { programs, guard, values, input: Duration::ZERO, told: false });
/// assert_eq!((ran.count, ran.most_inside), (2_000, 1));
/// ```
///
/// # Blocking
/// Until all programs have ended; for ever if they do not read equally often.
pub fn run(plan: &Plan) -> Ran {
    let machine = Arc::new(machine::Machine::new(plan));
    let began = Instant::now();
    let start = |(number, program): (usize, Vec<Op>)| {
        let machine = Arc::clone(&machine);
        start(format!("t{}", number + 1), move || machine.run(number, &program))
    };
    let threads: Vec<_> = plan.programs.iter().cloned().enumerate().map(start).collect();
    let results = threads.into_iter().map(finish).collect();
    machine.ran(results, began.elapsed())
}
