//! The event stays set: whoever waits goes, and so does whoever comes later. Python's `Event`.

use super::primitives::event::Event;
use super::{Cues, Duration, Signal, before_anyone_waits};

impl Signal for Event {
    fn give(&self) {
        self.set();
    }

    fn wait(&self) {
        Event::wait(self);
    }
}

/// Lets t2 give the signal, and t1 wait for it.
pub fn run(cues: &Cues, pace: Duration) {
    before_anyone_waits(Event::new(), cues, pace);
}
