//! The interpreter's loop: fetch an opcode, execute it, check whether another thread wants the lock.

use std::time::Duration;

use tracing::{Span, info, info_span};

use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::sync::{Barrier, Condvar, Mutex, PoisonError};
use super::{Gil, Guard, Looks, Plan, Ran, lock};
use crate::bytecode::{Op, VARIABLES};
use crate::gauge::Gauge;

/// An interpreter: what its threads share.
///
/// # Memory ordering
/// `count` is `Relaxed`: the interpreter's lock orders it, or the program's own. As a plain variable
/// its data race would be undefined behaviour; so it is one atomic load and one atomic store.
#[derive(Debug)]
pub struct Machine {
    gil: Option<Gil>,
    looks: Looks,
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
        if let Some(gil) = &self.machine.gil {
            gil.release(self.me);
        }
    }
}

impl Machine {
    /// Returns an interpreter in which nothing runs yet.
    pub fn new(plan: &Plan) -> Self {
        let (gil, looks) = match plan.guard {
            Guard::Gil { interval, looks } => (Some(Gil::new(interval)), looks),
            Guard::Nothing => (None, Looks::EveryOpcode),
        };
        Self {
            gil,
            looks,
            count: AtomicI64::new(0),
            own: Mutex::default(),
            given_back: Condvar::new(),
            inside: Gauge::default(),
            reading: Gauge::default(),
            all: Barrier::new(plan.programs.len()),
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
        let mut inside = self.enter(me);
        if self.gil.is_none() {
            self.all.wait();
        }
        let mut stack = Vec::new();
        let mut variables = [0; VARIABLES];
        let mut next = 0;
        loop {
            let op = program[next];
            next += 1;
            match op {
                Op::LoadConst(number) => stack.push(number),
                Op::LoadFast(variable) => stack.push(variables[variable]),
                Op::StoreFast(variable) => variables[variable] = pop(&mut stack),
                Op::LoadGlobal => stack.push(self.load()),
                Op::StoreGlobal => self.store(pop(&mut stack)),
                Op::Add => {
                    let sum = pop(&mut stack) + pop(&mut stack);
                    stack.push(sum);
                }
                Op::JumpBackIf(to) if pop(&mut stack) != 0 => next = to,
                Op::JumpBackIf(_) => {}
                Op::Read => {
                    drop(inside);
                    self.all_read();
                    inside = self.enter(me);
                    stack.push(1);
                }
                Op::ReadHolding => {
                    self.read();
                    stack.push(1);
                }
                Op::Acquire => {
                    if !self.try_acquire() {
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
                Op::Return => return pop(&mut stack),
            }
            let looks = match self.looks {
                Looks::EveryOpcode => true,
                Looks::JumpsBack => matches!(op, Op::JumpBackIf(_)),
            };
            if looks && self.gil.as_ref().is_some_and(Gil::wanted) {
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
            switches: self.gil.as_ref().map_or(0, Gil::switches),
            took,
        }
    }

    fn enter(&self, me: usize) -> Inside<'_> {
        if let Some(gil) = &self.gil {
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

    /// Waits for input together with all others: none gets it before all wait.
    fn all_read(&self) {
        let _idles = info_span!("idles", what = "input");
        self.reading.enter();
        self.all.wait();
        std::thread::sleep(self.input);
        self.reading.leave();
    }

    /// Waits for input.
    fn read(&self) {
        self.reading.enter();
        std::thread::sleep(self.input);
        self.reading.leave();
    }

    fn try_acquire(&self) -> bool {
        !std::mem::replace(&mut lock(&self.own).taken, true)
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

fn pop(stack: &mut Vec<i64>) -> i64 {
    stack.pop().expect("a program takes no more from its stack than it has put there")
}
