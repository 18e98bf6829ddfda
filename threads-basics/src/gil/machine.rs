//! What the threads of an interpreter share: locks, constants, `count`, and what counts them.

use std::collections::BTreeSet;
use std::mem::replace;
use std::time::Duration;

use tracing::{info, info_span};

use super::lane::{lock, wait_while};
use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::sync::{Barrier, Condvar, Mutex};
use super::values::Object;
use super::{Gil, Guard, Looks, Plan, Ran, Values};
use crate::bytecode::Op;
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
    pub(super) values: Values,
    /// The programs' constants: those of each interpreter.
    pub(super) constants: Vec<Vec<Object>>,
    /// Whether all threads are inside before any runs an opcode.
    pub(super) together: bool,
    count: AtomicI64,
    pub(super) own: OwnLock,
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
        let (gils, looks) = match plan.guard {
            Guard::Gil { interval, looks } => (vec![Gil::new(interval)], looks),
            Guard::GilEach { interval, looks } => {
                ((0..threads).map(|_| Gil::new(interval)).collect(), looks)
            }
            Guard::Nothing => (Vec::new(), Looks::EveryOpcode),
        };
        let constant = |op: &Op| if let Op::LoadConst(number) = op { Some(*number) } else { None };
        let constants: BTreeSet<_> = plan.programs.iter().flatten().filter_map(constant).collect();
        let objects = |_| constants.iter().copied().map(Object::constant).collect();
        Self {
            constants: (0..gils.len().max(1)).map(objects).collect(),
            gils,
            looks,
            values: plan.values,
            together: !matches!(plan.guard, Guard::Gil { .. }),
            count: AtomicI64::new(0),
            own: OwnLock::default(),
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
            references: self.constants.iter().flatten().map(|object| object.references() - 1).sum(),
            took,
        }
    }

    /// Returns the lock that a thread has to hold, if there is one.
    pub(super) fn gil(&self, me: usize) -> Option<&Gil> {
        own(&self.gils, me)
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

/// The program's own lock, which [`Op::Acquire`] and [`Op::Release`] are about: whether it is held, and
/// the number of threads that wait, for to notify without a waiter would be a system call all the same.
#[derive(Debug, Default)]
pub(super) struct OwnLock(Mutex<(bool, usize)>, Condvar);

impl OwnLock {
    pub(super) fn try_acquire(&self) -> bool {
        !replace(&mut lock(&self.0).0, true)
    }

    pub(super) fn acquire(&self) {
        let _waits = info_span!("waits", what = "the lock");
        let mut state = lock(&self.0);
        state.1 += 1;
        state = wait_while(&self.1, state, |(held, _)| *held);
        *state = (true, state.1 - 1);
    }

    pub(super) fn release(&self) {
        let mut state = lock(&self.0);
        state.0 = false;
        if state.1 > 0 {
            self.1.notify_one();
        }
    }
}

/// Returns what a thread has for itself, or else what all share.
pub(super) fn own<T>(all: &[T], me: usize) -> Option<&T> {
    all.get(me).or(all.first())
}
