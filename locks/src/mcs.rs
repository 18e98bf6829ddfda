//! A line that is a linked list: who joins does so in two steps, and who leaves may come between
//! them.
//!
//! First a thread makes itself the tail, which tells it who is before; then it links itself to that
//! one. Who gives the lock back and finds no link must not take that for "nobody waits". The two
//! forms differ in that alone. Their list is one of numbers, and who waits sleeps on a word of its
//! own, so that a model can follow them to their end; the lock in earnest, of pointers, is
//! `primitives/mcs.rs`.

use std::time::Duration;

use tracing::info_span;

use super::lane::{two, work};
use super::primitives::McsLock;
use super::sync::Arc;
use super::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicU32, AtomicUsize};
use super::{in_line, word::Word};
use crate::Cues;

pub mod linked;
pub mod unlinked;

/// Stands for no thread.
const NOBODY: usize = 2;

/// The line, of two threads at most, whose numbers are 0 and 1.
struct Line {
    /// Who is the last in it.
    tail: AtomicUsize,
    places: [Place; 2],
    entered: AtomicU32,
    cues: Cues,
}

/// A thread's place in the line.
struct Place {
    /// 1 + who comes after; 0 if that one has not said so.
    next: Word,
    /// 1 when the lock is its.
    turn: Word,
}

impl Line {
    fn new(cues: &Cues) -> Arc<Self> {
        let place = || Place { next: Word::new(0), turn: Word::new(0) };
        let (tail, places) = (AtomicUsize::new(NOBODY), [place(), place()]);
        Arc::new(Self { tail, places, entered: AtomicU32::new(0), cues: cues.clone() })
    }

    /// Joins the line, and sleeps until the lock is ours.
    fn join(&self, me: usize) {
        let before = self.tail.swap(me, AcqRel);
        if before == NOBODY {
            return;
        }
        let _waits = info_span!("waits", what = "its turn");
        // The window: in line, and linked to nobody. It lasts until the one before has looked.
        self.cues.meet();
        self.cues.meet();
        self.places[before].next.store(1 + me as u32, Release);
        self.places[before].next.wake_one();
        while self.places[me].turn.load(Acquire) == 0 {
            self.places[me].turn.wait(0, None);
        }
    }

    /// Leaves the line if nobody is behind; `false` if someone is.
    fn leave(&self, me: usize) -> bool {
        self.tail.compare_exchange(me, NOBODY, Release, Relaxed).is_ok()
    }

    fn next(&self, me: usize) -> Option<usize> {
        (self.places[me].next.load(Acquire) as usize).checked_sub(1)
    }

    fn give_to(&self, next: usize) {
        self.places[next].turn.store(1, Release);
        self.places[next].turn.wake_one();
    }

    fn hold(&self, pace: Duration) {
        let _holds = info_span!("holds", what = "lock");
        work(pace);
        self.entered.fetch_add(1, Relaxed);
    }
}

/// Lets two threads take the lock; for real, `t2` joins the line while `t1` is inside.
fn run(cues: &Cues, pace: Duration, give_back: fn(&Line, usize)) -> u32 {
    let line = Line::new(cues);
    two(
        &line,
        move |line| {
            line.join(0);
            line.cues.meet();
            line.hold(pace);
            // t2 has joined the line behind.
            line.cues.meet();
            give_back(line, 0);
        },
        move |line| {
            line.cues.meet();
            line.join(1);
            line.hold(pace);
            give_back(line, 1);
        },
    );
    line.entered.load(Relaxed)
}

/// Lets threads join the line of the lock in earnest one by one; returns the order in which they
/// got in.
pub fn in_order(waiters: u32, pace: Duration) -> Vec<u32> {
    in_line::in_order(&Arc::new(McsLock::default()), waiters, pace)
}
