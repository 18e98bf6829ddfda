//! Which branch of a `select!` has its turn when several are ready: the first that is polled.
//!
//! In a loop, a fixed order lets a branch that is always ready starve those below it
//! ([`a_first`]): they are not even polled. Tokio's `select!` begins at a random branch unless it
//! is told `biased` ([`at_random`]); other orders are written by hand ([`by_turns`]). A fixed order
//! is right where the upper branch is seldom ready, and urgent: a stop ([`stop_first`]).

use std::time::Duration;

use tokio::select;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::lane;

type Queue = UnboundedReceiver<()>;

/// Serves queue `a`, in which a message waits in each of `rounds`, and queue `b`, in which
/// `waiting` wait; each takes `pace`. Returns whose turn it was in each round.
async fn served(
    rounds: usize,
    waiting: usize,
    pace: Duration,
    mut next: impl AsyncFnMut(usize, &mut Queue, &mut Queue) -> char,
) -> String {
    let [(_sends_a, mut a), (_sends_b, mut b)] = [rounds, waiting].map(|messages| {
        let (sender, queue) = unbounded_channel();
        (0..messages).for_each(|_| sender.send(()).expect("there is a receiver"));
        (sender, queue)
    });
    let serves = async {
        let mut turns = String::new();
        for round in 0..rounds {
            let turn = next(round, &mut a, &mut b).await;
            lane::work(&turn.to_string(), pace);
            turns.push(turn);
        }
        turns
    };
    lane::task("loop", serves).await
}

/// Polls `a` first in each round, and takes it.
pub async fn a_first(rounds: usize, pace: Duration) -> String {
    let next = async |_, a: &mut Queue, b: &mut Queue| {
        select! {
            biased;
            _ = a.recv() => 'a',
            _ = b.recv() => 'b',
        }
    };
    served(rounds, rounds, pace, next).await
}

/// Begins at a random branch in each round.
pub async fn at_random(rounds: usize, pace: Duration) -> String {
    let next = async |_, a: &mut Queue, b: &mut Queue| {
        select! {
            _ = a.recv() => 'a',
            _ = b.recv() => 'b',
        }
    };
    served(rounds, rounds, pace, next).await
}

/// Begins at `a` in one round, and at `b` in the next one.
pub async fn by_turns(rounds: usize, pace: Duration) -> String {
    let next = async |round: usize, a: &mut Queue, b: &mut Queue| {
        let [(first, its_name), (second, other)] =
            if round.is_multiple_of(2) { [(a, 'a'), (b, 'b')] } else { [(b, 'b'), (a, 'a')] };
        select! {
            biased;
            _ = first.recv() => its_name,
            _ = second.recv() => other,
        }
    };
    served(rounds, rounds, pace, next).await
}

/// Polls `b` first, a stop for which a single message is sent: here, the loop goes on after it.
pub async fn stop_first(rounds: usize, pace: Duration) -> String {
    let next = async |_, a: &mut Queue, b: &mut Queue| {
        select! {
            biased;
            _ = b.recv() => 'b',
            _ = a.recv() => 'a',
        }
    };
    served(rounds, 1, pace, next).await
}
