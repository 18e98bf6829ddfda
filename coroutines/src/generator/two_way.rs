//! A value that is sent in at each resumption (Python's `total += yield average`), and a producer
//! that hands its consumer on to others (Python's `result = yield from other`).

use std::io;

use corosensei::{Coroutine, Yielder, stack::DefaultStack};

use super::{STACK, Slot, hand_over, made_by};

/// A state machine with one state of two fields; what is sent is an argument of the call that
/// resumes it.
#[derive(Default)]
struct Averager {
    total: u32,
    count: u32,
}

impl Averager {
    fn send(&mut self, number: u32) -> u32 {
        self.total += number;
        self.count += 1;
        self.total / self.count
    }
}

/// Sends each number to a state machine, and to a stackful coroutine, which gets it where it stands,
/// as what `suspend` returns; returns the averages that came back from both.
///
/// No `suspend` could return the first value, which is the body's argument. Python has no place for
/// it, and so a generator is asked for a first value, by `next`, before anything can be sent.
///
/// # Errors
/// The system has no room for a stack.
pub fn send(numbers: &[u32]) -> io::Result<[Vec<u32>; 2]> {
    let mut averager = Averager::default();
    let stackless = numbers.iter().map(|&number| averager.send(number)).collect();
    let body = |yielder: &Yielder<Option<u32>, u32>, first: Option<u32>| {
        let (mut sent, mut averager) = (first, Averager::default());
        while let Some(number) = sent {
            sent = yielder.suspend(averager.send(number));
        }
    };
    let mut coroutine = Coroutine::with_stack(DefaultStack::new(STACK)?, body);
    let send = |&number| coroutine.resume(Some(number)).as_yield();
    let stackful = numbers.iter().map_while(send).collect();
    // Told the end, it needs no unwinding.
    coroutine.resume(None);
    Ok([stackless, stackful])
}

/// Takes all values of a producer that delegates: those below 3 of one, those below 2 of another,
/// and then the sum of both results. For a state machine, the other one is a part of its state. That
/// is what `.await` does: the future of the function that is called lies in the caller's, and a poll
/// goes through to it. On a second stack it is an ordinary call.
///
/// # Errors
/// The system has no room for a stack.
pub fn delegate() -> io::Result<[Vec<u32>; 2]> {
    async fn stackless(slot: &Slot, end: u32) -> u32 {
        for value in 0..end {
            hand_over(slot, value).await;
        }
        (0..end).sum()
    }
    fn stackful(yielder: &Yielder<(), u32>, end: u32) -> u32 {
        (0..end).for_each(|value| yielder.suspend(value));
        (0..end).sum()
    }
    let values = made_by(async |slot| {
        let sum = stackless(&slot, 3).await + stackless(&slot, 2).await;
        hand_over(&slot, sum).await;
    });
    let mut coroutine = Coroutine::with_stack(DefaultStack::new(STACK)?, |yielder, ()| {
        let sum = stackful(yielder, 3) + stackful(yielder, 2);
        yielder.suspend(sum);
    });
    Ok([values.collect(), std::iter::from_fn(|| coroutine.resume(()).as_yield()).collect()])
}
