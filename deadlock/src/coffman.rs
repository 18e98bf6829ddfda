//! Four conditions have to hold for a deadlock (Coffman, Elphick and Shoshani, "System Deadlocks",
//! 1971). Each is taken away in turn; the two threads and their opposite orders stay as they are,
//! as far as the condition lets them.
//!
//! | condition | without it | here |
//! | --- | --- | --- |
//! | mutual exclusion: a lock has one holder | both threads may hold both | [`shared`] |
//! | hold and wait: a holder may wait for more | both locks or none | [`all_or_nothing`] |
//! | no preemption: only the holder releases a lock | a waiting holder is preempted | [`preempted`] |
//! | circular wait: t1 for t2, t2 for t1 | one order for all | [`no_circular_wait`] |

use kit::sync_point::SyncPoint;
use tracing::{Span, info, info_span};

use super::lane::{lock, two, wait_while};
use super::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard};

pub use super::lock_order::{opposite as all_four, ordered as no_circular_wait};

/// No mutual exclusion: the threads only read, and a reader-writer lock admits any number of
/// readers. Each reads both values, in opposite orders; returns what each thread read.
pub fn shared(window: SyncPoint) -> [u32; 2] {
    fn read<'a>(name: &str, lock: &'a RwLock<u32>) -> (RwLockReadGuard<'a, u32>, Span) {
        let guard = lock.read().unwrap_or_else(PoisonError::into_inner);
        (guard, info_span!("holds", what = name))
    }
    let pair = Arc::new((RwLock::new(1), RwLock::new(1), window));
    two(
        &pair,
        |(a, b, window)| {
            let a = read("A", a);
            window.meet();
            let b = read("B", b);
            *a.0 + *b.0
        },
        |(a, b, window)| {
            let b = read("B", b);
            window.meet();
            let a = read("A", a);
            *a.0 + *b.0
        },
    )
}

/// No hold and wait: a thread asks for A and B at once, and holds nothing until both are free. Each
/// of two threads adds 1 to a value with both; returns the value.
pub fn all_or_nothing(window: SyncPoint) -> u32 {
    type Pair = (Mutex<[bool; 2]>, Condvar, Mutex<u32>, SyncPoint);
    fn add((free, freed, value, window): &Pair) {
        let waits = info_span!("waits", what = "A and B");
        *wait_while(freed, lock(free), |free| *free != [true; 2]) = [false; 2];
        drop(waits);

        let holds = info_span!("holds", what = "A and B");
        window.meet();
        *lock(value) += 1;
        drop(holds);

        *lock(free) = [true; 2];
        freed.notify_all();
    }
    let pair = Arc::new((Mutex::new([true; 2]), Condvar::new(), Mutex::new(0), window));
    two(&pair, add, add);
    *lock(&pair.2)
}

const NAMES: [&str; 2] = ["A", "B"];

struct Resources {
    state: Mutex<State>,
    changed: Condvar,
    window: SyncPoint,
}

#[derive(Default)]
struct State {
    owner: [Option<usize>; 2],
    waits: [bool; 2],
    value: u32,
    preemptions: u32,
}

/// Preemption: what a thread holds while it waits can be taken from it; it is told, and begins
/// again. Each of two threads adds 1 to a value with A and B; returns the value and the number of
/// preemptions.
///
/// That is possible only where the work done so far can be undone, as a database's transactions can
/// be. A thread that runs is never preempted, so each preemption leaves a thread running with more
/// than before: it comes to an end.
pub fn preempted(window: SyncPoint) -> (u32, u32) {
    let resources = Resources { state: Mutex::default(), changed: Condvar::new(), window };
    let resources = Arc::new(resources);
    two(&resources, |resources| resources.add(0, [0, 1]), |resources| resources.add(1, [1, 0]));
    let state = lock(&resources.state);
    (state.value, state.preemptions)
}

impl Resources {
    /// Acquires one resource for thread `me`; waits for it unless its owner waits as well. `None` if
    /// the thread was preempted: it has lost what it held, and has to begin again.
    fn acquire(&self, me: usize, wanted: usize) -> Option<Span> {
        let waiting = info_span!("waits", what = NAMES[wanted]);
        let mut state = lock(&self.state);
        let held = state.owner.map(|owner| owner == Some(me));
        loop {
            // What it held when it asked is gone.
            if (0..2).any(|resource| held[resource] && state.owner[resource] != Some(me)) {
                state.waits[me] = false;
                return None;
            }
            match state.owner[wanted] {
                None => break,
                Some(owner) if state.waits[owner] => {
                    info!("takes {} from t{}", NAMES[wanted], owner + 1);
                    state.preemptions += 1;
                    break;
                }
                Some(_) => {
                    state.waits[me] = true;
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
        state.waits[me] = false;
        state.owner[wanted] = Some(me);
        self.changed.notify_all();
        drop(waiting);
        Some(info_span!("holds", what = NAMES[wanted]))
    }

    /// Adds 1 with both, acquired in the order given, and begins again after each preemption.
    fn add(&self, me: usize, order: [usize; 2]) {
        loop {
            let Some(first) = self.acquire(me, order[0]) else { continue };
            self.window.meet();
            let Some(second) = self.acquire(me, order[1]) else { continue };
            let mut state = lock(&self.state);
            assert_eq!(state.owner, [Some(me); 2], "a thread that runs is not preempted");
            state.value += 1;
            state.owner = [None; 2];
            drop((first, second));
            self.changed.notify_all();
            return;
        }
    }
}
