//! What the stack of the interpreter in `gil` holds: plain numbers, or references to objects that
//! count them.
//!
//! `CPython` counts the references to each object. Under its lock a count is a plain read and write.
//! Without the lock, two threads may have a reference to one object, and a count has to be atomic, or
//! to be divided: *biased* counting (Choi, Shull and Torrellas, 2018; PEP 703) lets the thread that
//! made an object count without an atomic operation, and any other thread count atomically beside it;
//! objects that live as long as the interpreter are *immortal* (PEP 683), and not counted at all.

use std::collections::BTreeSet;

use super::sync::Barrier;
use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use crate::bytecode::Op;

/// What the values of an interpreter are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Numbers, without an object around them.
    Numbers,
    /// Objects, whose references are counted in this way.
    Objects(Counts),
}

/// How references are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// By a plain read and write: right only under a lock.
    Plain,
    /// Likewise; and before one thread writes the count of a constant that it loads, all have read it:
    /// the window is widened. So all programs have to load equally often.
    PlainInStep,
    /// By an atomic operation each time.
    Atomic,
    /// By a plain read and write on the thread that made the object, atomically elsewhere; constants
    /// are immortal.
    Biased,
}

/// The values of a run, and the constants of its programs: those of each interpreter, which the
/// threads of one share.
#[derive(Debug)]
pub struct Constants {
    values: Values,
    of_each: Vec<Vec<Object>>,
}

impl Constants {
    /// Returns the programs' constants for this number of interpreters.
    pub fn new(values: Values, programs: &[Vec<Op>], interpreters: usize) -> Self {
        let constant = |op: &Op| if let Op::LoadConst(number) = op { Some(*number) } else { None };
        let numbers: BTreeSet<_> = programs.iter().flatten().filter_map(constant).collect();
        let objects = |_| numbers.iter().map(|number| Object::new(*number, IMMORTAL)).collect();
        Self { values, of_each: (0..interpreters).map(objects).collect() }
    }

    /// Returns the heap of the thread number `me`; `all` is where all threads meet.
    pub(super) fn heap<'a>(&'a self, me: usize, all: &'a Barrier) -> Heap<'a> {
        let constants = self.of_each.get(me).unwrap_or(&self.of_each[0]);
        Heap { values: self.values, own: Vec::new(), free: Vec::new(), constants, me, all }
    }

    /// Returns how many references are left beside the one of each program: 0 if counting is right.
    pub fn left(&self) -> i64 {
        self.of_each.iter().flatten().map(|object| object.references() - 1).sum()
    }
}

/// An object: a number, and how many references there are.
#[derive(Debug)]
struct Object {
    value: i64,
    /// The thread that made it; [`IMMORTAL`] for one that is never freed.
    owner: usize,
    /// The references that its owner counts; all of them, where counts are not biased. Atomic, for
    /// another thread may read it; its owner alone writes it, or the holder of the lock.
    count: AtomicI64,
    /// The references that other threads count.
    elsewhere: AtomicI64,
}

/// The owner of what lives as long as the interpreter.
const IMMORTAL: usize = usize::MAX;

impl Object {
    /// Returns an object with one reference, made by the thread of this number.
    fn new(value: i64, owner: usize) -> Self {
        Self { value, owner, count: AtomicI64::new(1), elsewhere: AtomicI64::new(0) }
    }

    /// Returns the number of references to it.
    fn references(&self) -> i64 {
        self.count.load(Relaxed) + self.elsewhere.load(Relaxed)
    }

    /// Counts `more` references, as the thread of this heap.
    ///
    /// # Memory ordering
    /// Relaxed: an object that is freed goes back to its maker's own heap, and no other thread looks
    /// at it again. Where memory is given back for all, the last decrement has to be Release, with
    /// an Acquire before the object is freed.
    fn add(&self, more: i64, heap: &Heap<'_>) {
        match heap.values {
            Values::Objects(Counts::Biased) if self.owner == IMMORTAL => {}
            Values::Objects(Counts::Biased) if self.owner != heap.me => {
                self.elsewhere.fetch_add(more, Relaxed);
            }
            Values::Objects(Counts::Atomic) => _ = self.count.fetch_add(more, Relaxed),
            Values::Objects(Counts::PlainInStep) if self.owner == IMMORTAL && more > 0 => {
                let count = self.count.load(Relaxed);
                heap.all.wait();
                self.count.store(count + more, Relaxed);
            }
            _ => self.count.store(self.count.load(Relaxed) + more, Relaxed),
        }
    }
}

/// A number, or a reference to an object: of the thread's own heap, or a constant.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Number(i64),
    Own(usize),
    Constant(usize),
}

/// The objects that a thread has made, those that are free to be made again among them, and the
/// constants, which all threads share.
pub(super) struct Heap<'a> {
    values: Values,
    own: Vec<Object>,
    free: Vec<usize>,
    constants: &'a [Object],
    me: usize,
    /// Where all threads meet.
    all: &'a Barrier,
}

impl Heap<'_> {
    pub(super) fn make(&mut self, number: i64) -> Value {
        if self.values == Values::Numbers {
            return Value::Number(number);
        }
        let object = Object::new(number, self.me);
        Value::Own(match self.free.pop() {
            Some(index) => {
                self.own[index] = object;
                index
            }
            None => {
                self.own.push(object);
                self.own.len() - 1
            }
        })
    }

    pub(super) fn constant(&self, number: i64) -> Value {
        if self.values == Values::Numbers {
            return Value::Number(number);
        }
        let index = self.constants.iter().position(|constant| constant.value == number);
        self.again(Value::Constant(index.expect("the constants of all programs are here")))
    }

    /// Returns the value once more: there is a further reference to it.
    pub(super) fn again(&self, value: Value) -> Value {
        if let Ok(object) = self.object(value) {
            object.add(1, self);
        }
        value
    }

    /// Returns the number, and drops the reference.
    pub(super) fn take(&mut self, value: Value) -> i64 {
        let object = match self.object(value) {
            Ok(object) => object,
            Err(number) => return number,
        };
        object.add(-1, self);
        let (number, left) = (object.value, object.references());
        if let Value::Own(index) = value
            && left == 0
        {
            self.free.push(index);
        }
        number
    }

    /// Returns the object, or the number that has none.
    fn object(&self, value: Value) -> Result<&Object, i64> {
        match value {
            Value::Number(number) => Err(number),
            Value::Own(index) => Ok(&self.own[index]),
            Value::Constant(index) => Ok(&self.constants[index]),
        }
    }
}
