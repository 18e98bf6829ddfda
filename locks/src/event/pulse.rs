//! The event is set and cleared at once, to let those go who wait now. Who comes a moment later
//! waits for the next time.

use super::primitives::event::Event;
use super::{Cues, Duration, Signal, before_anyone_waits};

struct Pulse(Event);

impl Signal for Pulse {
    fn give(&self) {
        self.0.set();
        self.0.clear();
    }

    fn wait(&self) {
        self.0.wait();
    }
}

/// Lets t2 give the signal, and t1 wait for it.
///
/// # Blocking
/// For ever, if t1 came too late.
pub fn run(cues: &Cues, pace: Duration) {
    before_anyone_waits(Pulse(Event::new()), cues, pace);
}
