//! What an interpreter's stack holds: plain numbers, or references to objects that count them.
//!
//! `CPython` counts the references to each object. Under its lock a count is a plain read and write.
//! Without the lock, two threads may have a reference to one object, and a count has to be atomic, or
//! to be divided: *biased* counting (Choi, Shull and Torrellas, 2018; PEP 703) lets the thread that
//! made an object count without an atomic operation, and any other thread count atomically beside it;
//! objects that live as long as the interpreter are *immortal* (PEP 683), and not counted at all.

use std::marker::PhantomData;

use super::sync::atomic::{AtomicI64, Ordering::Relaxed};

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
    /// By an atomic operation each time.
    Atomic,
    /// By a plain read and write on the thread that made the object, atomically elsewhere; constants
    /// are immortal.
    Biased,
}

/// An object: a number, and how many references there are.
#[derive(Debug)]
pub struct Object {
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

    /// Returns a constant, which its program refers to.
    pub fn constant(value: i64) -> Self {
        Self::new(value, IMMORTAL)
    }

    /// Returns the number of references to it.
    pub fn references(&self) -> i64 {
        self.count.load(Relaxed) + self.elsewhere.load(Relaxed)
    }
}

/// A way to count references.
pub(super) trait Count {
    /// Adds `more` references, as the thread of this number.
    fn add(object: &Object, more: i64, me: usize);
}

pub(super) struct Plain;
pub(super) struct Atomic;
pub(super) struct Biased;

impl Count for Plain {
    fn add(object: &Object, more: i64, _: usize) {
        object.count.store(object.count.load(Relaxed) + more, Relaxed);
    }
}

/// # Memory ordering
/// Relaxed: an object that is freed goes back to its maker's own heap, and no other thread looks at it
/// again. Where memory is given back for all, the last decrement has to be Release, with an Acquire
/// before the object is freed.
impl Count for Atomic {
    fn add(object: &Object, more: i64, _: usize) {
        object.count.fetch_add(more, Relaxed);
    }
}

impl Count for Biased {
    fn add(object: &Object, more: i64, me: usize) {
        if object.owner == me {
            Plain::add(object, more, me);
        } else if object.owner != IMMORTAL {
            object.elsewhere.fetch_add(more, Relaxed);
        }
    }
}

/// What a thread's stack and variables hold, and what is done with it.
pub(super) trait Stack {
    /// A value, or a reference to one.
    type Value: Copy;

    /// Returns a value that is made anew.
    fn make(&mut self, number: i64) -> Self::Value;

    /// Returns a constant of the program.
    fn constant(&self, number: i64) -> Self::Value;

    /// Returns the value once more: there is a further reference to it.
    fn again(&self, value: Self::Value) -> Self::Value;

    /// Returns the number, and lets go of the reference.
    fn take(&mut self, value: Self::Value) -> i64;
}

/// Numbers, without an object around them.
pub(super) struct Numbers;

impl Stack for Numbers {
    type Value = i64;

    fn make(&mut self, number: i64) -> i64 {
        number
    }

    fn constant(&self, number: i64) -> i64 {
        number
    }

    fn again(&self, value: i64) -> i64 {
        value
    }

    fn take(&mut self, value: i64) -> i64 {
        value
    }
}

/// A reference to an object: of the thread's own heap, or a constant.
#[derive(Clone, Copy)]
pub(super) enum Reference {
    Own(usize),
    Constant(usize),
}

/// The objects that a thread has made, those that are free to be made again among them, and the
/// constants, which all threads share.
pub(super) struct Heap<'a, C> {
    own: Vec<Object>,
    free: Vec<usize>,
    constants: &'a [Object],
    me: usize,
    counts: PhantomData<C>,
}

impl<'a, C: Count> Heap<'a, C> {
    /// Returns the heap of the thread of this number, without an object.
    pub(super) fn new(constants: &'a [Object], me: usize) -> Self {
        Self { own: Vec::new(), free: Vec::new(), constants, me, counts: PhantomData }
    }

    fn object(&self, reference: Reference) -> &Object {
        match reference {
            Reference::Own(index) => &self.own[index],
            Reference::Constant(index) => &self.constants[index],
        }
    }
}

impl<C: Count> Stack for Heap<'_, C> {
    type Value = Reference;

    fn make(&mut self, number: i64) -> Reference {
        let object = Object::new(number, self.me);
        Reference::Own(match self.free.pop() {
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

    fn constant(&self, number: i64) -> Reference {
        let index = self.constants.iter().position(|constant| constant.value == number);
        self.again(Reference::Constant(index.expect("the constants of all programs are here")))
    }

    fn again(&self, reference: Reference) -> Reference {
        C::add(self.object(reference), 1, self.me);
        reference
    }

    fn take(&mut self, reference: Reference) -> i64 {
        let object = self.object(reference);
        C::add(object, -1, self.me);
        let (value, left) = (object.value, object.references());
        if let Reference::Own(index) = reference
            && left == 0
        {
            self.free.push(index);
        }
        value
    }
}
