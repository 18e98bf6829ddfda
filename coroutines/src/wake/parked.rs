//! What a thread has for it: `unpark` leaves a token, and the next `park` takes it instead of
//! sleeping. So the note, the look and the sleep are one step, in the hands of whoever wrote
//! `park`. A park may also end for nothing: then the future is polled for nothing, and the model
//! checker, which lets it do so whenever it can, comes to no end of schedules.

use super::{Sleeper, Window, info_span, thread};

struct Parked(thread::Thread);

impl Default for Parked {
    fn default() -> Self {
        Self(thread::current())
    }
}

impl Sleeper for Parked {
    fn sleep(&self, window: &Window) {
        window.pause();
        let _waits = info_span!("waits", what = "a wake");
        thread::park();
    }

    fn wake(&self) {
        self.0.unpark();
    }
}

/// Lets `t2` wake the executor between its poll and its sleep.
pub fn run(window: &Window) -> u32 {
    super::run::<Parked>(window)
}
