//! The long work is done inside the lock: everyone waits for the end of it, for a section of an
//! instant.

use super::{Done, Duration, Relaxed, play, take, work_out};

/// Works inside the lock, until all the others have lined up and for `pace` longer.
pub fn run(shorts: usize, pace: Duration) -> Done {
    // Nobody can be through before the lock is given back: to wait for that here would be for ever.
    play(shorts, |place, _through| {
        let numbers = take("lock", &place.numbers);
        place.long_is_inside.store(true, Relaxed);
        place.begun();
        work_out(&numbers, pace);
        place.note("long");
        place.long_is_inside.store(false, Relaxed);
    })
}
