//! What it takes to wait, and to take turns: a task, a coroutine with a stack of its own, a thread.
//!
//! Memory is counted where it is asked for. A task is an allocation on the heap, and an allocator
//! that counts knows it to the byte ([`Counting`]). A stack is asked for as a whole and becomes
//! memory page by page, as it is touched; the system counts the page faults. What the kernel keeps
//! for a thread, its kernel stack included, is not counted.

use std::time::{Duration, Instant};

mod counting;
pub mod stackful;
pub mod threads;

pub use counting::{Counting, counted};

/// The number of turns of each of two in one of five rounds that are timed.
pub(crate) const TURNS: u32 = 1_000;

/// What one of a kind takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// The number of those that waited at once.
    pub waiting: u32,
    /// The memory of each, in bytes, where it could be counted.
    pub memory: Option<u64>,
    /// The address space of each, in bytes: what its stack might become.
    pub reserved: u64,
    /// The time of a switch, in the quickest of five rounds: whatever else the machine does makes
    /// it longer.
    pub switch: Duration,
}

/// Returns how many bytes were touched for the first time so far, page by page, where the system
/// counts them: by this thread (`thread-self`) or by all (`self`).
fn touched(whose: &str) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{whose}/stat")).ok()?;
    // Behind the name, which may hold anything, the eighth is the number of minor page faults.
    let (_, rest) = stat.rsplit_once(')')?;
    let faults: u64 = rest.split_whitespace().nth(7)?.parse().ok()?;
    Some(faults * rustix::param::page_size() as u64)
}

/// Makes `waiting` of a kind, and returns them with what was touched for each.
fn resident<T>(waiting: u32, whose: &str, make: impl FnOnce() -> T) -> (T, Option<u64>) {
    let before = touched(whose);
    let made = make();
    let grown = touched(whose).zip(before).map(|(now, before)| (now - before) / u64::from(waiting));
    (made, grown)
}

/// Times five rounds of `turns` turns in all; returns the time of a turn in the quickest.
pub(crate) fn turn(turns: u32, mut round: impl FnMut()) -> Duration {
    let timed = (0..5).map(|_| {
        let began = Instant::now();
        round();
        began.elapsed() / turns
    });
    timed.min().unwrap_or_default()
}
