//! The interpreter's loop: fetch an opcode, execute it, check whether another thread wants the lock.

use std::time::Duration;

use tracing::{Span, info, info_span};

use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::sync::{Barrier, Condvar, Mutex, PoisonError};
use super::values::{Heap, Object};
use super::{Gil, Guard, Looks, Plan, Ran, Values, lock};
use crate::bytecode::{Op, VARIABLES};
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
    looks: Looks,
    values: Values,
    /// The programs' constants: those of each interpreter.
    constants: Vec<Vec<Object>>,
    /// Whether all threads are inside before any runs an opcode.
    together: bool,
    count: AtomicI64,
    own: Mutex<Own>,
    given_back: Condvar,
    inside: Gauge,
    reading: Gauge,
    all: Barrier,
    input: Duration,
    told: bool,
}

/// The program's own lock: its state.
#[derive(Debug, Default)]
struct Own {
    taken: bool,
    /// The number of threads that wait: to notify without a waiter would be a system call all the same.
    waiting: usize,
}

/// A thread inside the interpreter. Dropping it releases the lock.
struct Inside<'a> {
    machine: &'a Machine,
    me: usize,
    runs: Option<Span>,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.runs = None;
        self.machine.inside.leave();
        if let Some(gil) = self.machine.gil(self.me) {
            gil.release(self.me);
        }
    }
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
        let mut constants: Vec<i64> = plan.programs.iter().flatten().filter_map(constant).collect();
        constants.sort_unstable();
        constants.dedup();
        Self {
            constants: (0..gils.len().max(1))
                .map(|_| constants.iter().copied().map(Object::constant).collect())
                .collect(),
            gils,
            looks,
            values: plan.values,
            together: !matches!(plan.guard, Guard::Gil { .. }),
            count: AtomicI64::new(0),
            own: Mutex::default(),
            given_back: Condvar::new(),
            inside: Gauge::default(),
            reading: Gauge::default(),
            all: Barrier::new(threads),
            input: plan.input,
            told: plan.told,
        }
    }

    /// Runs a program on the calling thread, whose number is `me`, and returns its result.
    ///
    /// # Panics
    /// If the program takes more from its stack than there is.
    ///
    /// # Blocking
    /// Until it has ended.
    pub fn run(&self, me: usize, program: &[Op]) -> i64 {
        let constants = own(&self.constants, me).map_or(&[][..], Vec::as_slice);
        let mut values = Heap::new(self.values, constants, me);
        let mut inside = self.enter(me);
        if self.together {
            self.all.wait();
        }
        let mut stack = Vec::new();
        let mut variables: [_; VARIABLES] = std::array::from_fn(|_| values.make(0));
        let mut next = 0;
        loop {
            let op = program[next];
            next += 1;
            match op {
                Op::LoadConst(number) => stack.push(values.constant(number)),
                Op::LoadFast(variable) => stack.push(values.again(variables[variable])),
                Op::StoreFast(variable) => {
                    let old = std::mem::replace(&mut variables[variable], pop(&mut stack));
                    values.take(old);
                }
                Op::LoadGlobal => stack.push(values.make(self.load())),
                Op::StoreGlobal => self.store(values.take(pop(&mut stack))),
                Op::Add => {
                    let [right, left] = [(); 2].map(|()| values.take(pop(&mut stack)));
                    stack.push(values.make(left + right));
                }
                Op::JumpBackIf(to) if values.take(pop(&mut stack)) != 0 => next = to,
                Op::JumpBackIf(_) => {}
                Op::Read => {
                    drop(inside);
                    self.read(|| _ = self.all.wait());
                    inside = self.enter(me);
                    stack.push(values.make(1));
                }
                Op::ReadHolding => {
                    self.read(|| ());
                    stack.push(values.make(1));
                }
                Op::Acquire => {
                    if std::mem::replace(&mut lock(&self.own).taken, true) {
                        // As Python does: a thread that waits for another lock does not keep this one.
                        drop(inside);
                        self.acquire();
                        inside = self.enter(me);
                    }
                }
                Op::Release => {
                    let mut own = lock(&self.own);
                    own.taken = false;
                    if own.waiting > 0 {
                        self.given_back.notify_one();
                    }
                }
                Op::Return => return values.take(pop(&mut stack)),
            }
            let looks = match self.looks {
                Looks::EveryOpcode => true,
                Looks::JumpsBack => matches!(op, Op::JumpBackIf(_)),
            };
            if looks && self.gil(me).is_some_and(Gil::wanted) {
                drop(inside);
                inside = self.enter(me);
            }
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
    fn gil(&self, me: usize) -> Option<&Gil> {
        own(&self.gils, me)
    }

    fn enter(&self, me: usize) -> Inside<'_> {
        if let Some(gil) = self.gil(me) {
            let _waits = info_span!("waits", what = "the GIL");
            gil.acquire(me);
        }
        self.inside.enter();
        Inside { machine: self, me, runs: Some(info_span!("runs", what = "opcodes")) }
    }

    fn load(&self) -> i64 {
        let count = self.count.load(Relaxed);
        if self.told {
            info!("loads {count}");
        }
        count
    }

    fn store(&self, count: i64) {
        self.count.store(count, Relaxed);
        if self.told {
            info!("stores {count}");
        }
    }

    /// Waits for input, which does not come before `others` returns.
    fn read(&self, others: impl FnOnce()) {
        let _idles = info_span!("idles", what = "input");
        self.reading.enter();
        others();
        std::thread::sleep(self.input);
        self.reading.leave();
    }

    fn acquire(&self) {
        let _waits = info_span!("waits", what = "the lock");
        let mut own = lock(&self.own);
        own.waiting += 1;
        own = self
            .given_back
            .wait_while(own, |own| own.taken)
            .unwrap_or_else(PoisonError::into_inner);
        own.waiting -= 1;
        own.taken = true;
    }
}

/// Returns what a thread has for itself, or else what all share.
fn own<T>(all: &[T], me: usize) -> Option<&T> {
    all.get(me).or(all.first())
}

fn pop<V>(stack: &mut Vec<V>) -> V {
    stack.pop().expect("a program takes no more from its stack than it has put there")
}
