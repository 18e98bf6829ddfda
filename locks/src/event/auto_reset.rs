//! The event is cleared by whom it lets go: it stays set until someone comes, and lets exactly one
//! go.

use super::primitives::event::AutoEvent;
use super::{Arc, AtomicU32, Cues, Duration, Relaxed, Signal, before_anyone_waits, crew, member};

impl Signal for AutoEvent {
    fn give(&self) {
        self.set();
    }

    fn wait(&self) {
        AutoEvent::wait(self);
    }
}

/// Lets t2 give the signal, and t1 wait for it.
pub fn run(cues: &Cues, pace: Duration) {
    before_anyone_waits(AutoEvent::new(), cues, pace);
}

/// Lets three threads wait for an event, and sets it once for each, after the one before has gone;
/// returns how many had gone after each.
pub fn one_each() -> Vec<u32> {
    let shared = Arc::new((AutoEvent::new(), AutoEvent::new(), AtomicU32::new(0)));
    type Shared = (AutoEvent, AutoEvent, AtomicU32);
    let waiter = |(go, gone, count): &Shared| {
        go.wait();
        count.fetch_add(1, Relaxed);
        gone.set();
        Vec::new()
    };
    let setter = |(go, gone, count): &Shared| {
        let set = |_| {
            go.set();
            gone.wait();
            count.load(Relaxed)
        };
        (0..3).map(set).collect()
    };
    let waiters = ["t1", "t2", "t3"].map(|name| member(name, waiter));
    crew(&shared, waiters.into_iter().chain([member("t4", setter)])).pop().unwrap_or_default()
}
