//! A value goes in at each resumption: the consumer sends a number, the producer answers with the
//! average of all so far. It is Python's `total += yield average`.
//!
//! A state machine takes what is sent as an argument of the call that resumes it. A stackful
//! coroutine gets it where it stands, as what `suspend` returns. No `suspend` could return the first
//! value, which is the body's argument; Python has no place for it, and so a generator is asked for
//! a first value, by `next`, before anything can be sent.

use std::io;

use corosensei::{Coroutine, Yielder, stack::DefaultStack};
use tracing::info_span;

use super::stackful::STACK;

/// The producer as a state machine: its one state has two fields.
#[derive(Debug, Default)]
struct Averager {
    total: u32,
    count: u32,
}

impl Averager {
    fn send(&mut self, number: u32) -> u32 {
        let _runs = info_span!("runs", lane = "producer", what = number);
        self.total += number;
        self.count += 1;
        self.total / self.count
    }
}

/// Sends each number to a state machine, and returns what came back.
pub fn stackless(numbers: &[u32]) -> Vec<u32> {
    let mut averager = Averager::default();
    numbers.iter().map(|&number| averager.send(number)).collect()
}

/// Sends each number to a coroutine with a stack of its own, and returns what came back.
///
/// # Errors
/// The system has no room for its stack.
pub fn stackful(numbers: &[u32]) -> io::Result<Vec<u32>> {
    let body = |yielder: &Yielder<Option<u32>, u32>, first: Option<u32>| {
        let (mut sent, mut averager) = (first, Averager::default());
        while let Some(number) = sent {
            sent = yielder.suspend(averager.send(number));
        }
    };
    let mut coroutine = Coroutine::with_stack(DefaultStack::new(STACK)?, body);
    let send = |&number| coroutine.resume(Some(number)).as_yield();
    let averages = numbers.iter().map_while(send).collect();
    // Told the end, it needs no unwinding.
    coroutine.resume(None);
    Ok(averages)
}
