//! Transactions on a table, by version and by lock: what do conflicts cost?
//!
//! A transaction reads a row, waits for an answer (as for a disk), computes, and writes. The fewer
//! rows there are, the more often two meet at one. One by version has then computed in vain, on a
//! core that others could have used; one by lock has waited.

use std::hint::spin_loop;
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::real::lane::{finish, start};
use crate::real::optimistic::Row;

/// How long a transaction waits for its answer; a system adds some tens of microseconds.
const ANSWER: Duration = Duration::from_micros(100);

/// How often a transaction that computes spins: for some tens of microseconds.
const SPINS: u32 = 2_000;

/// The lock under which a transaction on a row works, if it needs one.
pub type Locked = fn(usize) -> Option<usize>;

/// Runs `each` transactions on each thread, all over the table. Returns the time that they took,
/// divided by all of them; how many computed in vain; and the sum of the rows, to which each adds 1.
pub fn run(locked: Locked, rows: usize, threads: u32, each: u32) -> (Duration, u32, u32) {
    let table: Arc<Vec<(Row, Mutex<()>)>> = Arc::new((0..rows).map(|_| <_>::default()).collect());
    let together = Arc::new(Barrier::new(threads as usize));
    let workers = (1..=threads).map(|thread| {
        let (table, together) = (Arc::clone(&table), Arc::clone(&together));
        start(format!("t{thread}"), move || {
            together.wait();
            let began = Instant::now();
            // Knuth's multiplicative hash: the same rows in each run.
            let row = |number: u32| (thread * each + number).wrapping_mul(0x9E37_79B1) >> 16;
            let rows = (0..each).map(|number| row(number) as usize % table.len());
            (rows.map(|row| transaction(locked, &table, row)).sum::<u32>(), began.elapsed())
        })
    });
    let workers: Vec<_> = workers.collect();
    let ends: Vec<_> = workers.into_iter().map(finish).collect();
    let took = ends.iter().map(|(_, took)| *took).max().unwrap_or_default();
    let retries = ends.iter().map(|(retries, _)| retries).sum();
    let sum = table.iter().map(|(row, _)| row.read().value).sum();
    (took / (threads * each).max(1), retries, sum)
}

/// Adds 1 to a row; returns how often it began again.
fn transaction(locked: Locked, table: &[(Row, Mutex<()>)], at: usize) -> u32 {
    let _guard = locked(at).map(|at| table[at].1.lock().unwrap_or_else(PoisonError::into_inner));
    let row = &table[at].0;
    let attempt = || {
        let read = row.read();
        sleep(ANSWER);
        (0..SPINS).for_each(|_| spin_loop());
        row.write_if_unchanged(read, read.value + 1)
    };
    (0..).find(|_| attempt()).unwrap_or(u32::MAX)
}
