//! What keeps threads in step where a lesson shows what happens while they are.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Keeps threads in step: a barrier that they may leave for good. For the model checker it is
/// silent: there, every schedule gets its turn, those in step among them.
#[derive(Clone, Debug, Default)]
pub struct Metronome(Option<Arc<Beat>>);

#[derive(Debug)]
struct Beat {
    state: Mutex<State>,
    next: Condvar,
    pace: Duration,
}

#[derive(Debug)]
struct State {
    members: usize,
    waiting: usize,
    beat: u64,
}

impl Metronome {
    /// Keeps nobody in step.
    pub fn silent() -> Self {
        Self(None)
    }

    /// Keeps that many threads in step, with `pace` between two beats.
    pub fn of(members: usize, pace: Duration) -> Self {
        let state = Mutex::new(State { members, waiting: 0, beat: 0 });
        Self(Some(Arc::new(Beat { state, next: Condvar::new(), pace })))
    }

    /// Waits for the next beat: until all members wait for it.
    pub fn wait(&self) {
        let Some(Beat { state, next, pace }) = self.0.as_deref() else { return };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting += 1;
        if state.waiting < state.members {
            let beat = state.beat;
            drop(next.wait_while(state, |state| state.beat == beat));
        } else {
            // All the others wait: nobody wants the state meanwhile.
            std::thread::sleep(*pace);
            state.strike(next);
        }
    }

    /// Goes out of step for good; the others no longer wait for this thread.
    pub fn leave(&self) {
        let Some(Beat { state, next, .. }) = self.0.as_deref() else { return };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.members = state.members.saturating_sub(1);
        if state.waiting == state.members {
            state.strike(next);
        }
    }
}

impl State {
    fn strike(&mut self, next: &Condvar) {
        self.waiting = 0;
        self.beat += 1;
        next.notify_all();
    }
}
