//! Transactions on a table, by version and by lock: what do conflicts cost?
//!
//! A transaction reads a row, waits for an answer (as for a disk), computes, and writes. The fewer
//! rows there are, the more often two transactions meet at one. A transaction by version that meets
//! another has computed in vain, on a core that others could have used; one by lock has waited.

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

/// How transactions are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approach {
    /// By the row's version: optimistic.
    Version,
    /// By one lock for the whole table.
    TableLock,
    /// By a lock for each row.
    RowLock,
}

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// How long it took, divided by the transactions.
    pub each: Duration,
    /// How many transactions computed in vain, and began again.
    pub retries: u32,
    /// The sum of all rows, to each of which a transaction adds 1.
    pub sum: u32,
}

/// Runs `each` transactions on each thread, on rows at random.
pub fn run(approach: Approach, rows: usize, threads: u32, each: u32) -> Run {
    let table: Arc<Vec<(Row, Mutex<()>)>> =
        Arc::new((0..rows).map(|_| Default::default()).collect());
    let together = Arc::new(Barrier::new(threads as usize));
    let workers = (1..=threads).map(|thread| {
        let (table, together) = (Arc::clone(&table), Arc::clone(&together));
        start(format!("t{thread}"), move || {
            let mut random = 0x9E37_79B9_u32.wrapping_mul(thread);
            together.wait();
            let began = Instant::now();
            let retries: u32 = (0..each)
                .map(|_| {
                    // xorshift, Marsaglia 2003.
                    random ^= random << 13;
                    random ^= random >> 17;
                    random ^= random << 5;
                    transaction(approach, &table, random as usize % rows)
                })
                .sum();
            (retries, began.elapsed())
        })
    });
    let workers: Vec<_> = workers.collect();
    let ends: Vec<_> = workers.into_iter().map(finish).collect();
    let took = ends.iter().map(|(_, took)| *took).max().unwrap_or_default();
    Run {
        each: took / (threads * each).max(1),
        retries: ends.iter().map(|(retries, _)| retries).sum(),
        sum: table.iter().map(|(row, _)| row.read().value).sum(),
    }
}

/// Adds 1 to a row; returns how often it began again.
fn transaction(approach: Approach, table: &[(Row, Mutex<()>)], at: usize) -> u32 {
    let locked = match approach {
        Approach::Version => None,
        Approach::TableLock => Some(0),
        Approach::RowLock => Some(at),
    };
    let _guard = locked.map(|lock| table[lock].1.lock().unwrap_or_else(PoisonError::into_inner));
    let row = &table[at].0;
    let mut retries = 0;
    loop {
        let read = row.read();
        sleep(ANSWER);
        (0..SPINS).for_each(|_| spin_loop());
        if row.write_if_unchanged(read, read.value + 1) {
            return retries;
        }
        retries += 1;
    }
}
