//! Preemption: what a thread holds while it waits can be taken from it; it is told, and begins
//! again.
//!
//! That is possible only where the work done so far can be undone, as a database's transactions can
//! be. A thread that runs is never robbed, so each robbery leaves someone running with more than
//! before: it comes to an end.

use tracing::{Span, info, info_span};

use super::Window;
use super::lane::{lock, two};
use super::sync::{Arc, Condvar, Mutex, PoisonError};

const NAMES: [&str; 2] = ["A", "B"];

#[derive(Default)]
struct State {
    /// Which thread holds A, and which B.
    owner: [Option<usize>; 2],
    /// Which threads wait.
    waits: [bool; 2],
    /// What the owners work on.
    value: u32,
    robberies: u32,
}

struct Resources {
    state: Mutex<State>,
    changed: Condvar,
    window: Window,
}

/// The thread has lost what it held, and has to begin again.
struct Robbed;

impl Resources {
    /// Takes one resource for thread `me`, waiting for it unless its owner waits as well.
    fn take(&self, me: usize, wanted: usize) -> Result<Span, Robbed> {
        let waiting = info_span!("waits", what = NAMES[wanted]);
        let mut state = lock(&self.state);
        let held = state.owner.map(|owner| owner == Some(me));
        loop {
            // What it held when it asked is gone.
            if (0..2).any(|resource| held[resource] && state.owner[resource] != Some(me)) {
                state.waits[me] = false;
                return Err(Robbed);
            }
            match state.owner[wanted] {
                None => break,
                Some(owner) if state.waits[owner] => {
                    info!("robs t{} of {}", owner + 1, NAMES[wanted]);
                    state.robberies += 1;
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
        Ok(info_span!("holds", what = NAMES[wanted]))
    }

    /// Adds 1 with both, taken in the order given, however often it has to begin.
    fn add(&self, me: usize, order: [usize; 2]) {
        loop {
            let Ok(first) = self.take(me, order[0]) else { continue };
            self.window.pause();
            let Ok(second) = self.take(me, order[1]) else { continue };
            let mut state = lock(&self.state);
            assert_eq!(state.owner, [Some(me); 2], "who runs is not robbed");
            state.value += 1;
            state.owner = [None; 2];
            drop((first, second));
            self.changed.notify_all();
            return;
        }
    }
}

/// Adds 1 to a value on each of two threads, each with both A and B; returns the value and the
/// robberies.
///
/// # Blocking
/// While the other thread has a resource and does not wait.
pub fn run(window: Window) -> (u32, u32) {
    let resources = Resources { state: Mutex::default(), changed: Condvar::new(), window };
    let resources = Arc::new(resources);
    two(&resources, |resources| resources.add(0, [0, 1]), |resources| resources.add(1, [1, 0]));
    let state = lock(&resources.state);
    (state.value, state.robberies)
}
