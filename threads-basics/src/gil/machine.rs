//! What the threads of an interpreter share: locks, constants, `count`, and what counts them.

use std::time::Duration;

use tracing::{info, info_span};

use super::super::references::Constants;
use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::sync::{Barrier, Mutex};
use super::{Gil, Guard, Looks, Plan, Ran};
use crate::gauge::Gauge;

/// An interpreter: what its threads share.
///
/// # Memory ordering
/// `count` is `Relaxed`: the interpreter's lock orders it, or the program's own. As a plain variable
/// its data race would be undefined behaviour; so it is one atomic load and one atomic store.
#[derive(Debug)]
pub struct Machine {
    /// One for all threads, one for each, or none.
    gils: Vec<Gil>,
    pub(super) looks: Looks,
    pub(super) constants: Constants,
    /// Whether all threads are inside before any runs an opcode.
    pub(super) together: bool,
    count: AtomicI64,
    /// The program's own lock, which [`Op::Acquire`](crate::bytecode::Op::Acquire) is about.
    pub(super) own_lock: Mutex<()>,
    pub(super) inside: Gauge,
    reading: Gauge,
    pub(super) all: Barrier,
    input: Duration,
    told: bool,
}

impl Machine {
    /// Returns an interpreter in which nothing runs yet.
    pub fn new(plan: &Plan) -> Self {
        let threads = plan.programs.len();
        let gils = |number, interval| Vec::from_iter((0..number).map(|_| Gil::new(interval)));
        let (gils, looks) = match plan.guard {
            Guard::Gil { interval, looks } => (gils(1, interval), looks),
            Guard::GilEach { interval, looks } => (gils(threads, interval), looks),
            Guard::Nothing => (gils(0, None), Looks::EveryOpcode),
        };
        Self {
            constants: Constants::new(plan.values, &plan.programs, gils.len().max(1)),
            gils,
            looks,
            together: !matches!(plan.guard, Guard::Gil { .. }),
            count: AtomicI64::new(0),
            own_lock: Mutex::default(),
            inside: Gauge::default(),
            reading: Gauge::default(),
            all: Barrier::new(threads),
            input: plan.input,
            told: plan.told,
        }
    }

    /// Returns the results of a run.
    pub fn ran(&self, results: Vec<i64>, took: Duration) -> Ran {
        Ran {
            results,
            count: self.count.load(Relaxed),
            most_inside: self.inside.most(),
            most_reading: self.reading.most(),
            switches: self.gils.iter().map(Gil::switches).sum(),
            references: self.constants.left(),
            took,
        }
    }

    /// Returns the lock that a thread has to hold, if there is one.
    pub(super) fn gil(&self, me: usize) -> Option<&Gil> {
        self.gils.get(me).or(self.gils.first())
    }

    pub(super) fn load(&self) -> i64 {
        let count = self.count.load(Relaxed);
        if self.told {
            info!("loads {count}");
        }
        count
    }

    pub(super) fn store(&self, count: i64) {
        self.count.store(count, Relaxed);
        if self.told {
            info!("stores {count}");
        }
    }

    /// Waits for input, which does not come before `others` returns.
    pub(super) fn read(&self, others: impl FnOnce()) {
        let _idles = info_span!("idles", what = "input");
        self.reading.enter();
        others();
        std::thread::sleep(self.input);
        self.reading.leave();
    }
}
