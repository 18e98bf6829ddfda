//! Two threads exclude each other with loads and stores alone: Peterson's algorithm (1981).
//!
//! A thread announces that it wants in, yields the turn to the other one, and then looks: it may
//! enter if the other thread does not want to, or has yielded later. That is right as long as no
//! thread's look overtakes its own announcement. A processor keeps stores in a buffer while later
//! loads go ahead, and Acquire and Release allow it to: both threads look before either
//! announcement has arrived, and both enter.
//!
//! The variants differ in the orderings alone. A round is one attempt of each thread, at the same
//! moment, and no thread leaves before both have looked: with a lock that is right, at most one
//! enters. Real threads play rounds until both enter, up to a bound. The model checker runs one
//! round under every schedule; since it knows no store buffers, it can clear the `SeqCst` variant
//! and not convict the weak one. Loom does that, in the tests.

use std::marker::PhantomData;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool as Flag, AtomicU32 as Count};
use std::time::{Duration, Instant};

use tracing::info_span;

use super::exclusion_probe::{Entries, ExclusionProbe};
use super::lane::both;
use super::sync::Arc;
use super::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::{AtomicBool, AtomicUsize};

/// A lock for the threads 0 and 1.
#[derive(Debug, Default)]
pub struct Peterson<O> {
    /// Whether thread 0, and thread 1, wants in or is inside.
    wants: [AtomicBool; 2],
    /// The thread whose turn it is if both want in: the one that did not ask last.
    turn: AtomicUsize,
    orderings: PhantomData<O>,
}

/// What the variants differ in. As it stands: Release and Acquire.
pub trait Orderings: Default + Send + Sync + 'static {
    /// The ordering of each store.
    const STORE: Ordering = Release;
    /// The ordering of each load.
    const LOAD: Ordering = Acquire;

    /// Gives the turn to the other thread.
    fn yield_to(turn: &AtomicUsize, other: usize) {
        turn.store(other, Self::STORE);
    }
}

impl<O: Orderings> Peterson<O> {
    /// Announces that thread `me` wants in, and yields the turn to the other one.
    pub fn ask(&self, me: usize) {
        self.wants[me].store(true, O::STORE);
        O::yield_to(&self.turn, 1 - me);
    }

    /// Looks once whether thread `me`, which has asked, may enter.
    ///
    /// # Memory ordering
    /// Acquire, for the Release store in `leave`: what was done inside happens before this entry.
    pub fn may_enter(&self, me: usize) -> bool {
        !self.wants[1 - me].load(O::LOAD) || self.turn.load(O::LOAD) == me
    }

    /// Withdraws the announcement, whether the thread was inside or not.
    pub fn leave(&self, me: usize) {
        self.wants[me].store(false, O::STORE);
    }
}

/// Stores with Release, loads with Acquire, as a lock's are: not enough here. Both threads enter.
///
/// Release keeps what comes *before* a store before it, Acquire what comes *after* a load after it.
/// A store and then a load of another variable, as in `ask` and then `may_enter`, is the one pair
/// that neither keeps in order: the stores may still be in the store buffer when the other looks.
#[derive(Debug, Default)]
pub struct AcquireRelease;

impl Orderings for AcquireRelease {}

/// Every load and store with `SeqCst`: all threads agree on one order of them, and in it a thread's
/// announcement comes before its look.
///
/// The thread that announced last finds the other's announcement, and has yielded last. On x86 it
/// is the *stores* that this changes: each becomes an exchange, which empties the store buffer
/// before the next load. `SeqCst` includes Release and Acquire, for `leave`.
#[derive(Debug, Default)]
pub struct SequentiallyConsistent;

impl Orderings for SequentiallyConsistent {
    const STORE: Ordering = SeqCst;
    const LOAD: Ordering = SeqCst;
}

/// Acquire and Release, and the turn yielded by an exchange: a read-modify-write reads the latest
/// value, always.
///
/// Of two exchanges of `turn`, the second reads what the first has written, and so comes after all
/// that the first thread did before: it sees that the first one wants in. One instruction in place
/// of an order on which all threads agree; but no longer "loads and stores alone".
#[derive(Debug, Default)]
pub struct Exchange;

impl Orderings for Exchange {
    /// The exchange is its own partner: its Release publishes `wants`, the Acquire of the next
    /// exchange sees it.
    fn yield_to(turn: &AtomicUsize, other: usize) {
        turn.swap(other, AcqRel);
    }
}

/// What came of rounds on real threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounds {
    /// The number of rounds; the last is the one in which both were inside, if any was.
    pub played: u32,
    /// Whether both were inside at once.
    pub both_inside: bool,
    /// The number of times that a thread was inside, and added 1.
    pub entered: u32,
    /// The value at the end: as large as `entered`, unless an increment is lost.
    pub value: u32,
}

#[derive(Debug, Default)]
struct Game<O> {
    lock: Peterson<O>,
    /// What the lock guards: atomic, so that two threads inside are no undefined behaviour.
    value: Count,
    entered: Count,
    inside: [Flag; 2],
    arrived: Count,
    /// Whether the time is over.
    over: Flag,
}

impl<O> Game<O> {
    /// Spins until the other thread has arrived; `times` counts this thread's arrivals. A thread
    /// that parked would wake up tens of microseconds after the other, and a store leaves its
    /// buffer in less than one.
    fn meet(&self, times: &mut u32) {
        *times += 2;
        // Release, for the Acquire of the look below.
        self.arrived.fetch_add(1, Release);
        let arrived = || self.arrived.load(Acquire);
        while arrived().wrapping_sub(*times).cast_signed() < 0 {
            pause();
        }
    }
}

/// Spins once. On one core it yields, since there the other thread can do nothing meanwhile; on more
/// it does not, or the two would hardly ever run at the same moment where much else runs.
fn pause() {
    static ONE_CORE: LazyLock<bool> =
        LazyLock::new(|| std::thread::available_parallelism().is_ok_and(|cores| cores.get() == 1));
    if *ONE_CORE { std::thread::yield_now() } else { std::hint::spin_loop() }
}

/// Plays rounds on two threads until both are inside at once, or `most` are played, or the time is
/// over.
///
/// A round takes both threads at the same moment: where each has a small share of a core, that is
/// seldom, so a number of rounds alone would bound no time.
pub fn rounds<O: Orderings>(most: u32, time: Duration) -> Rounds {
    let game = Arc::new(Game::<O>::default());
    let [played, _] = both(&game, move |me, game| {
        let begun = Instant::now();
        let (mut times, mut playing) = (0, Some(info_span!("runs", what = "rounds")));
        for round in 1..=most {
            game.meet(&mut times);
            game.lock.ask(me);
            let inside = game.lock.may_enter(me);
            let before = game.value.load(Relaxed);
            game.inside[me].store(inside, Relaxed);
            // One thread decides for both, before they meet.
            if me == 0 && begun.elapsed() > time {
                game.over.store(true, Relaxed);
            }
            game.meet(&mut times);
            let both = inside && game.inside[1 - me].load(Relaxed);
            if both {
                // Stays, so that it can be seen.
                playing = None;
                let _holds = info_span!("holds", what = "lock");
                std::thread::sleep(begun.elapsed() / 4);
                game.meet(&mut times);
            }
            if inside {
                game.entered.fetch_add(1, Relaxed);
                game.value.store(before + 1, Relaxed);
            }
            game.lock.leave(me);
            if both || game.over.load(Relaxed) {
                return round;
            }
        }
        drop(playing);
        most
    });
    let both_inside = game.inside.iter().all(|inside| inside.load(Relaxed));
    let (entered, value) = (game.entered.load(Relaxed), game.value.load(Relaxed));
    Rounds { played, both_inside, entered, value }
}

/// Plays one round as the model checker wants it: no thread waits for the other, since every
/// schedule gets its turn.
pub fn one_round<O: Orderings>() -> Entries {
    let value = std::sync::atomic::AtomicU32::new(0);
    let shared = Arc::new((Peterson::<O>::default(), value, ExclusionProbe::new()));
    both(&shared, |me, (lock, value, probe)| {
        lock.ask(me);
        if lock.may_enter(me) {
            probe.during("lock", || value.fetch_add(1, Relaxed));
        }
        lock.leave(me);
    });
    shared.2.entries(shared.1.load(Relaxed))
}

/// Adds 1 to a value in two steps, `times` times on each of two threads or until the time is over,
/// each waiting for its turn; returns the number of additions and the value.
pub fn count<O: Orderings>(times: u32, time: Duration) -> [u32; 2] {
    let game = Arc::new(Game::<O>::default());
    let begun = Instant::now();
    let added = both(&game, move |me, game| {
        let mut added = 0;
        while added < times && begun.elapsed() <= time {
            game.lock.ask(me);
            while !game.lock.may_enter(me) {
                pause();
            }
            let before = game.value.load(Relaxed);
            game.value.store(before + 1, Relaxed);
            game.lock.leave(me);
            added += 1;
        }
        added
    });
    [added.iter().sum(), game.value.load(Relaxed)]
}
