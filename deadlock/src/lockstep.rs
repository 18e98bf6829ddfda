//! Lockstep: how threads are kept in step where a lesson shows what happens while they are.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A barrier that threads can leave for good, and that lets a time pass before each round.
///
/// ```
/// use std::{thread, time::Duration};
///
/// let lockstep = deadlock::Lockstep::of(2, Duration::from_millis(1));
/// thread::scope(|scope| {
///     scope.spawn(|| {
///         (0..3).for_each(|_round| lockstep.wait());
///         lockstep.leave();
///     });
///     (0..3).for_each(|_round| lockstep.wait());
///     // The other one has left, or is about to: this one is not kept.
///     lockstep.wait();
/// });
/// ```
#[derive(Clone, Debug, Default)]
pub struct Lockstep(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    next_round: Condvar,
    pace: Duration,
}

#[derive(Debug)]
struct State {
    members: usize,
    waiting: usize,
    round: u64,
}

impl Lockstep {
    /// Returns a barrier at which no thread waits: for the model checker, where every schedule gets
    /// its turn, those in step among them.
    pub fn none() -> Self {
        Self(None)
    }

    /// Keeps `members` threads in step, with `pace` before each round.
    pub fn of(members: usize, pace: Duration) -> Self {
        let state = Mutex::new(State { members, waiting: 0, round: 0 });
        Self(Some(Arc::new(Shared { state, next_round: Condvar::new(), pace })))
    }

    /// Waits until all members wait.
    pub fn wait(&self) {
        let Some(Shared { state, next_round, pace }) = self.0.as_deref() else { return };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting += 1;
        if state.waiting < state.members {
            let round = state.round;
            drop(next_round.wait_while(state, |state| state.round == round));
        } else {
            // All the others wait: no thread wants the state meanwhile.
            std::thread::sleep(*pace);
            state.begin_round(next_round);
        }
    }

    /// Leaves for good; the others no longer wait for this thread.
    pub fn leave(&self) {
        let Some(Shared { state, next_round, .. }) = self.0.as_deref() else { return };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.members = state.members.saturating_sub(1);
        if state.waiting == state.members {
            state.begin_round(next_round);
        }
    }
}

impl State {
    fn begin_round(&mut self, next_round: &Condvar) {
        self.waiting = 0;
        self.round += 1;
        next_round.notify_all();
    }
}
