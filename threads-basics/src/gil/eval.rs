//! The evaluation loop (`CPython`'s is in `Python/ceval.c`): fetch an opcode, execute it, check
//! whether another thread wants the lock.

use std::mem::replace;

use tracing::{Span, info_span};

use super::lane::lock;
use super::machine::Machine;
use super::{Gil, Looks};
use crate::bytecode::{Op, VARIABLES};

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
    /// Runs a program on the calling thread, whose number is `me`, and returns its result.
    pub fn run(&self, me: usize, program: &[Op]) -> i64 {
        let mut values = self.constants.heap(me, &self.all);
        let mut own_lock = None;
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
                    let old = replace(&mut variables[variable], pop(&mut stack));
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
                    own_lock = self.own_lock.try_lock().ok();
                    if own_lock.is_none() {
                        // As Python does: a thread that waits for another lock does not keep this
                        // one.
                        drop(inside);
                        let waits = info_span!("waits", what = "the lock");
                        own_lock = Some(lock(&self.own_lock));
                        drop(waits);
                        inside = self.enter(me);
                    }
                }
                Op::Release => drop(own_lock.take()),
                Op::Return => return values.take(pop(&mut stack)),
            }
            let looks = self.looks == Looks::EveryOpcode || matches!(op, Op::JumpBackIf(_));
            if looks && self.gil(me).is_some_and(Gil::wanted) {
                drop(inside);
                inside = self.enter(me);
            }
        }
    }

    fn enter(&self, me: usize) -> Inside<'_> {
        if let Some(gil) = self.gil(me) {
            let _waits = info_span!("waits", what = "the GIL");
            gil.acquire(me);
        }
        self.inside.enter();
        Inside { machine: self, me, runs: Some(info_span!("runs", what = "opcodes")) }
    }
}

fn pop<V>(stack: &mut Vec<V>) -> V {
    stack.pop().expect("a program takes no more from its stack than it has put there")
}
