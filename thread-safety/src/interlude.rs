//! The moment in the middle of one thread's work, in which another thread does all of its own.
//!
//! On its own it lasts some nanoseconds. To show what comes of it step by step it is widened, in the open: t1 stays in it until t2 is
//! done. To count what happens among millions, and for a model checker, it stays as narrow as it is.

use std::fmt::Arguments;
use std::sync::{Arc, Barrier, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use tracing::info_span;

/// Widens the middle of t1's work, and says what is done in it.
///
/// ```
/// use thread_safety::{Interlude, real::torn_read::{Plan, racy}};
///
/// // t2 reads between the two halves of t1's write.
/// let plan = Plan { writes: 1, reads: 1, interlude: Interlude::wide() };
/// assert_eq!(racy::run(&plan).first, Some([1, 0]));
/// ```
#[derive(Clone, Debug)]
pub struct Interlude(Width);

#[derive(Clone, Debug)]
enum Width {
    Narrow(Arc<Barrier>),
    Told,
    Wide(Arc<Scene>),
}

#[derive(Debug, Default)]
struct Scene {
    state: Mutex<State>,
    changed: Condvar,
    /// How long t1 waits for t2; for ever if not said.
    patience: Option<Duration>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd)]
enum State {
    /// t1 has not come to the middle.
    #[default]
    Before,
    /// It is there and waits for t2.
    Open,
    /// t2 is done, or kept out of it.
    Over,
}

impl Scene {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state() = state;
        self.changed.notify_all();
    }
}

impl Interlude {
    /// Leaves the moment as it is, and says nothing. The two threads begin together.
    pub fn narrow() -> Self {
        Self(Width::Narrow(Arc::new(Barrier::new(2))))
    }

    /// Leaves the moment as it is, and says each step.
    pub fn told() -> Self {
        Self(Width::Told)
    }

    /// Keeps t2 from beginning before t1 is in the middle, and t1 there until t2 is done, once; says each step, for 10 ms, so that it
    /// can be seen.
    pub fn wide() -> Self {
        Self(Width::Wide(Arc::default()))
    }

    /// As [`wide`](Self::wide), but t1 stays for 20 ms at the most: for a mend that keeps t2 waiting until t1 goes on.
    pub fn wide_for_a_moment() -> Self {
        Self(Width::Wide(Arc::new(Scene { patience: Some(2 * SEEN), ..Scene::default() })))
    }

    /// Begins t1's work.
    pub fn t1_begins(&self) {
        if let Width::Narrow(both) = &self.0 {
            both.wait();
        }
    }

    /// Begins t2's work: where the moment is wide, when t1 is in the middle of its own.
    pub fn t2_begins(&self) {
        match &self.0 {
            Width::Narrow(both) => drop(both.wait()),
            Width::Told => {}
            Width::Wide(scene) => {
                let before = |state: &mut State| *state == State::Before;
                drop(scene.changed.wait_while(scene.state(), before).unwrap_or_else(PoisonError::into_inner));
            }
        }
    }

    /// Ends the part of t2 that t1 waits for.
    pub fn t2_is_done(&self) {
        if let Width::Wide(scene) = &self.0 {
            scene.set(State::Over);
        }
    }

    /// Is in the middle of t1's work, after what it `did`.
    ///
    /// # Blocking
    /// As long as its constructor says, once.
    #[inline]
    pub fn middle(&self, did: Arguments<'_>) {
        if let Width::Narrow(_) = self.0 {
            return;
        }
        let _runs = info_span!("runs", what = %did);
        let Width::Wide(scene) = &self.0 else { return };
        let mut state = scene.state();
        if *state == State::Before {
            *state = State::Open;
            scene.changed.notify_all();
            let open = |state: &mut State| *state == State::Open;
            match scene.patience {
                None => drop(scene.changed.wait_while(state, open)),
                Some(patience) => drop(scene.changed.wait_timeout_while(state, patience, open)),
            }
        }
    }

    /// Says what was `did` by either thread.
    #[inline]
    pub fn say(&self, did: Arguments<'_>) {
        if let Width::Narrow(_) = self.0 {
            return;
        }
        let _runs = info_span!("runs", what = %did);
        if let Width::Wide(_) = self.0 {
            sleep(SEEN);
        }
    }
}

/// So long each step of a widened moment lasts.
const SEEN: Duration = Duration::from_millis(10);
