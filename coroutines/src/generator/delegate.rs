//! A producer that hands its consumer on to others: for as long as one of them makes values, they
//! are its own, and then it has that one's result. It is Python's `result = yield from other`.
//!
//! For a state machine, the other one is a field of its state. That is what `.await` does: the
//! future of the function that is called lies in the caller's, and a poll goes through to it. On a
//! second stack it is an ordinary call.

use std::io;

use corosensei::{Coroutine, Yielder, stack::DefaultStack};
use tracing::info_span;

/// Makes the numbers below an end; its result is their sum.
#[derive(Debug)]
struct Numbers {
    next: u32,
    end: u32,
    sum: u32,
}

impl Numbers {
    fn below(end: u32) -> Self {
        Self { next: 0, end, sum: 0 }
    }

    /// Returns the next value, or the result.
    fn resume(&mut self) -> Result<u32, u32> {
        if self.next == self.end {
            return Err(self.sum);
        }
        let value = self.next;
        self.next += 1;
        self.sum += value;
        Ok(value)
    }
}

/// The producer that delegates: to numbers below 3, then below 2; then it makes the sum of both.
#[derive(Debug)]
enum Delegating {
    First(Numbers),
    Second { first: u32, other: Numbers },
    End,
}

impl Iterator for Delegating {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            match self {
                Self::First(other) => match other.resume() {
                    Ok(value) => return Some(value),
                    Err(first) => *self = Self::Second { first, other: Numbers::below(2) },
                },
                Self::Second { first, other } => match other.resume() {
                    Ok(value) => return Some(value),
                    Err(second) => {
                        let sum = *first + second;
                        *self = Self::End;
                        return Some(sum);
                    }
                },
                Self::End => return None,
            }
        }
    }
}

fn taken(producer: impl Iterator<Item = u32>) -> Vec<u32> {
    producer.inspect(|value| drop(info_span!("runs", lane = "consumer", what = value))).collect()
}

/// Delegates by a state machine within a state machine.
pub fn stackless() -> Vec<u32> {
    taken(Delegating::First(Numbers::below(3)))
}

/// Delegates by a call, on a stack of its own.
///
/// # Errors
/// The system has no room for its stack.
pub fn stackful() -> io::Result<Vec<u32>> {
    fn numbers(yielder: &Yielder<(), u32>, end: u32) -> u32 {
        (0..end).for_each(|value| yielder.suspend(value));
        (0..end).sum()
    }
    let body = |yielder: &Yielder<(), u32>, ()| {
        let sum = numbers(yielder, 3) + numbers(yielder, 2);
        yielder.suspend(sum);
    };
    let mut coroutine = Coroutine::with_stack(DefaultStack::new(super::stackful::STACK)?, body);
    Ok(taken(std::iter::from_fn(|| coroutine.resume(()).as_yield())))
}
