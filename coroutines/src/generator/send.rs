//! A value goes in at each resumption: the consumer sends a number, the producer answers with the
//! average of all so far. It is Python's `total += yield average`.
//!
//! A state machine takes what is sent as an argument of the call that resumes it. A stackful
//! coroutine gets it where it stands: as what `suspend` returns. The first value has no `suspend` to
//! be returned from and is the body's argument; Python has no place for it, and so a generator is
//! asked for a first value, by `next`, before anything can be sent.

use std::io;

use corosensei::{Coroutine, Yielder, stack::DefaultStack};
use tracing::info_span;

/// What is sent in.
pub const SENT: [u32; 3] = [10, 20, 60];

/// Sends each number, and returns what came back.
fn exchanged(mut send: impl FnMut(u32) -> u32) -> Vec<u32> {
    let exchange = |number| {
        let answer = {
            let _runs = info_span!("runs", lane = "producer", what = number);
            send(number)
        };
        let _takes = info_span!("runs", lane = "consumer", what = answer);
        answer
    };
    SENT.into_iter().map(exchange).collect()
}

/// The producer as a state machine: its one state has two fields.
#[derive(Debug, Default)]
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

/// Sends to a state machine.
pub fn stackless() -> Vec<u32> {
    let mut averager = Averager::default();
    exchanged(|number| averager.send(number))
}

/// Sends to a coroutine with a stack of its own.
///
/// # Errors
/// The system has no room for its stack.
pub fn stackful() -> io::Result<Vec<u32>> {
    let body = |yielder: &Yielder<Option<u32>, u32>, first: Option<u32>| {
        let (mut sent, mut total, mut count) = (first, 0, 0);
        while let Some(number) = sent {
            total += number;
            count += 1;
            sent = yielder.suspend(total / count);
        }
    };
    let mut coroutine = Coroutine::with_stack(DefaultStack::new(super::stackful::STACK)?, body);
    let averages = exchanged(|number| coroutine.resume(Some(number)).as_yield().unwrap_or(0));
    coroutine.resume(None);
    Ok(averages)
}
