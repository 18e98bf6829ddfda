//! Two threads keep each other out with loads and stores alone: Peterson's algorithm (1981).
//!
//! Who wants in says so, gives way ("your turn"), and then looks: it may go in if the other one
//! does not want to, or has given way later. That is right as long as nobody's look overtakes its
//! own announcement. A processor has stores wait in a buffer while later loads go ahead, and
//! Acquire and Release allow it to: both look before either announcement has arrived, and both go
//! in.
//!
//! The forms differ in the orderings alone. A round is one attempt of each thread, at the same
//! moment, and nobody leaves before both have looked: with a lock that is right, at most one gets
//! in. Real threads play rounds until both get in, up to a bound. The model checker runs one round
//! under every schedule; since it knows no store buffers, it can clear the `SeqCst` form and not
//! convict the weak one. Loom does that, in the tests.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use tracing::info_span;

use super::lane::both;
use super::sync::{self, Arc};

pub mod acquire_release;
pub mod exchange;
pub mod seq_cst;

/// What the forms have in common: a lock for the threads 0 and 1.
pub trait Exclusion: Default + Send + Sync + 'static {
    /// Says that thread `me` wants in, and gives way to the other one.
    fn ask(&self, me: usize);
    /// Looks once whether thread `me`, which has asked, may go in.
    fn may_enter(&self, me: usize) -> bool;
    /// Ends what `ask` began, inside or not.
    fn leave(&self, me: usize);
}

macro_rules! exclusions {
    ($($form:ident),*) => {$(
        impl Exclusion for $form::Peterson {
            fn ask(&self, me: usize) {
                self.ask(me);
            }
            fn may_enter(&self, me: usize) -> bool {
                self.may_enter(me)
            }
            fn leave(&self, me: usize) {
                self.leave(me);
            }
        }
    )*};
}
exclusions!(acquire_release, exchange, seq_cst);

/// Says what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How many rounds were played; the last of them is the one in which both were inside, if any
    /// was.
    pub rounds: u32,
    /// Whether both were inside at once.
    pub both_inside: bool,
    /// How often someone was inside, and added 1.
    pub entered: u32,
    /// The value at the end: as large as `entered`, unless an increment is lost.
    pub value: u32,
}

/// What the two threads share. The lesson's own counts are std's for the model as well: they are no
/// part of what is checked.
#[derive(Debug, Default)]
struct Game<P> {
    lock: P,
    /// What the lock guards. A plain value would make two threads inside undefined behaviour; so it
    /// is atomic, and adding to it is a step to read it and a step to write it.
    value: AtomicU32,
    entered: AtomicU32,
    /// Whether thread 0, and thread 1, is inside.
    inside: [std::sync::atomic::AtomicBool; 2],
    /// How often a thread has come to `meet`.
    come: AtomicU32,
}

impl<P> Game<P> {
    /// Waits, awake, for the other thread; `times` says how often this one has waited so far. To
    /// sleep would let the two wake up tens of microseconds apart, and a store leaves its buffer in
    /// less than one.
    fn meet(&self, times: &mut u32) {
        use std::sync::atomic::Ordering::{Acquire, Release};
        *times += 2;
        // Release, for the Acquire of the look below: what was done before the cues is seen after
        // it.
        self.come.fetch_add(1, Release);
        while self.come.load(Acquire).wrapping_sub(*times).cast_signed() < 0 {
            pause();
        }
    }
}

/// Waits awake for the other thread. On one core it gives way, since there the other one can do
/// nothing meanwhile.
///
/// On more cores it does not. Where much else runs, to give way at every look would leave the two
/// no moment in which both run, and that is when the lock is tried.
fn pause() {
    static ONE_CORE: LazyLock<bool> =
        LazyLock::new(|| std::thread::available_parallelism().is_ok_and(|cores| cores.get() == 1));
    if *ONE_CORE { std::thread::yield_now() } else { std::hint::spin_loop() }
}

/// Plays rounds on two threads until both are inside at once, `most` rounds at the most.
pub fn rounds<P: Exclusion>(most: u32) -> Done {
    let game = Arc::new(Game::<P>::default());
    let [rounds, _] = both(&game, move |me, game| {
        let begun = std::time::Instant::now();
        let (mut times, mut playing) = (0, Some(info_span!("runs", what = "rounds")));
        for round in 1..=most {
            game.meet(&mut times);
            game.lock.ask(me);
            let inside = game.lock.may_enter(me);
            let before = game.value.load(Relaxed);
            game.inside[me].store(inside, Relaxed);
            game.meet(&mut times);
            let both = inside && game.inside[1 - me].load(Relaxed);
            if both {
                // Both are here, and stay, so that it can be seen.
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
            if both {
                return round;
            }
        }
        drop(playing);
        most
    });
    let both_inside = game.inside.iter().all(|inside| inside.load(Relaxed));
    Done {
        rounds,
        both_inside,
        entered: game.entered.load(Relaxed),
        value: game.value.load(Relaxed),
    }
}

/// Plays one round as the model checker wants it: no cues, since every schedule gets its turn.
/// Returns whether both were inside at once.
pub fn one_round<P: Exclusion>() -> bool {
    let shared = Arc::new((P::default(), sync::atomic::AtomicU32::new(0)));
    let met = both(&shared, |me, (lock, inside)| {
        lock.ask(me);
        let mut met = false;
        if lock.may_enter(me) {
            let _holds = info_span!("holds", what = "lock");
            met = inside.fetch_add(1, Relaxed) > 0;
            inside.fetch_sub(1, Relaxed);
        }
        lock.leave(me);
        met
    });
    met.contains(&true)
}

/// Adds 1 to a value in two steps, `times` times on each of two threads, each waiting for its turn;
/// returns the value.
pub fn count<P: Exclusion>(times: u32) -> u32 {
    let game = Arc::new(Game::<P>::default());
    both(&game, move |me, game| {
        for _ in 0..times {
            game.lock.ask(me);
            while !game.lock.may_enter(me) {
                pause();
            }
            let before = game.value.load(Relaxed);
            game.value.store(before + 1, Relaxed);
            game.lock.leave(me);
        }
    });
    game.value.load(Relaxed)
}
