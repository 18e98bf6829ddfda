//! Several things concurrently in one task: all of them, or the first of them.
//!
//! `join!` and `select!` poll their futures by turns within the task that awaits them: no task is
//! spawned, and nothing has to be `'static`. They differ in what becomes of the others once one is
//! done: `select!` drops them. A loop that makes the slow one anew in every round never sees its
//! end ([`made_anew`]); one that keeps it, and polls it by reference, does ([`kept`]).

use std::time::Duration;

use super::runtime::{now, sleep};
use crate::lane::{self, wait};

/// What each fetch takes, in beats.
const BEATS: [u32; 3] = [3, 1, 2];

/// The results of some fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The numbers of the fetches, in the order of their results.
    pub order: Vec<usize>,
    /// The time from the first beginning to the last end.
    pub took: Duration,
}

/// Stands for a request that takes its time.
pub(crate) async fn fetch(number: usize, beat: Duration) -> usize {
    let body = wait("an answer", sleep(BEATS[number] * beat));
    lane::task(&format!("fetch{number}"), body).await;
    number
}

/// Awaits one after the other: an `async fn` begins when it is awaited, and not before.
pub async fn one_by_one(beat: Duration) -> Fetched {
    let began = now();
    let mut order = Vec::new();
    for number in 0..BEATS.len() {
        order.push(fetch(number, beat).await);
    }
    Fetched { order, took: now() - began }
}

/// Awaits all concurrently; the results come in the order of the arguments.
pub async fn join(beat: Duration) -> Fetched {
    let began = now();
    let (one, two, three) = tokio::join!(fetch(0, beat), fetch(1, beat), fetch(2, beat));
    Fetched { order: vec![one, two, three], took: now() - began }
}

/// Awaits the first; the other two are dropped at their awaits.
pub async fn select(beat: Duration) -> Fetched {
    let began = now();
    let first = tokio::select! {
        number = fetch(0, beat) => number,
        number = fetch(1, beat) => number,
        number = fetch(2, beat) => number,
    };
    Fetched { order: vec![first], took: now() - began }
}

/// Waits for something slow, and does something else at each beat, for `rounds` rounds. The slow
/// one is made anew in each: returns its result, if it ever has one, and the number of rounds.
pub async fn made_anew(beat: Duration, rounds: u32) -> (Option<usize>, u32) {
    for round in 0..rounds {
        tokio::select! {
            // From top to bottom: on a busy machine both may be due when they are polled.
            biased;
            () = sleep(beat) => lane::work("", beat / 8),
            number = fetch(0, beat) => return (Some(number), round),
        }
    }
    (None, rounds)
}

/// Does the same, with the slow one made once and kept across the rounds.
pub async fn kept(beat: Duration, rounds: u32) -> (Option<usize>, u32) {
    let mut slow = std::pin::pin!(fetch(0, beat));
    for round in 0..rounds {
        tokio::select! {
            number = &mut slow => return (Some(number), round),
            () = sleep(beat) => lane::work("", beat / 8),
        }
    }
    (None, rounds)
}
