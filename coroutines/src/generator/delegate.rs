//! A producer that hands its consumer on to others: for as long as one of them makes values, these
//! are its own, and then it has that one's result. It is Python's `result = yield from other`.
//!
//! For a state machine, the other one is a part of its state. That is what `.await` does: the future
//! of the function that is called lies in the caller's, and a poll goes through to it. On a second
//! stack it is an ordinary call.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use corosensei::{Coroutine, Yielder, stack::DefaultStack};

use super::async_fn::{hand_over, made_by};
use super::stackful::STACK;

/// Takes all values: those below 3, those below 2, and then the sum of both results.
pub fn stackless() -> Vec<u32> {
    async fn numbers(slot: &Cell<Option<u32>>, end: u32) -> u32 {
        for value in 0..end {
            hand_over(slot, value).await;
        }
        (0..end).sum()
    }
    let slot = Rc::<Cell<_>>::default();
    let mine = Rc::clone(&slot);
    let body = async move {
        let sum = numbers(&mine, 3).await + numbers(&mine, 2).await;
        hand_over(&mine, sum).await;
    };
    made_by(slot, body).collect()
}

/// Takes the same from a stack of its own.
///
/// # Errors
/// The system has no room for it.
pub fn stackful() -> io::Result<Vec<u32>> {
    fn numbers(yielder: &Yielder<(), u32>, end: u32) -> u32 {
        (0..end).for_each(|value| yielder.suspend(value));
        (0..end).sum()
    }
    let body = |yielder: &Yielder<(), u32>, ()| {
        let sum = numbers(yielder, 3) + numbers(yielder, 2);
        yielder.suspend(sum);
    };
    let mut coroutine = Coroutine::with_stack(DefaultStack::new(STACK)?, body);
    Ok(std::iter::from_fn(|| coroutine.resume(()).as_yield()).collect())
}
