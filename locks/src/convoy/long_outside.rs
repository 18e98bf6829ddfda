//! The long work is done on a copy, outside the lock: inside, the long section is a short one.
//!
//! The price: the report is on the numbers as they were. If that is not enough, look inside whether
//! they have changed since, and begin again if they have.

use super::{Done, Duration, Relaxed, play, take, work_out};

/// Takes a copy and works on it outside the lock, for `pace` and until all the others are through.
pub fn run(shorts: usize, pace: Duration) -> Done {
    play(shorts, move |place, through| {
        let copy = {
            let numbers = take("lock", &place.numbers);
            place.long_is_inside.store(true, Relaxed);
            let copy = numbers.clone();
            place.long_is_inside.store(false, Relaxed);
            copy
        };
        let runs = tracing::info_span!("runs", what = "report");
        place.begun();
        work_out(&copy, pace);
        through.iter().take(shorts).for_each(drop);
        drop(runs);
        place.note("long");
    })
}
