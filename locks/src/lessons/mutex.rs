//! The lesson `mutex`: how long a guard lives, how long to wait, and what a panic leaves.

use std::time::Duration;

use locks::mutex::{
    in_the_else, in_the_match, named_first, not_told, out_of_std, parking_lots, recovered, tried,
    unwrapped, written_at_the_end,
};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(8);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("mutex", "how long a guard lives, how long to wait, what a panic leaves")
        .story("t1 takes a job out of a list and does it. t2 looks whether the list is free.")
        .source("locks/src/mutex.rs")
        .python("lock")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    Vec::from([
        Variant::breaks("in-the-match", || {
            let line = "a guard without a name lives to the end of the match";
            expect(in_the_match(PACE), false, line)
        })
        .story("The guard is a temporary of the match, and lives until it ends, job included."),
        Variant::holds("named-first", || {
            expect(named_first(PACE), true, "the statement ends, and the guard with it")
        })
        .story("Gives the job a name first: the guard is dropped before the job is done."),
        Variant::holds("in-the-else", || {
            let line = "if-let's guard is gone in its else, since edition 2024";
            expect(in_the_else(PACE), true, line)
        })
        .story("In the else of an if-let, the guard is dropped already since edition 2024."),
        Variant::holds("tried", || expect(tried(), false, "try_lock refuses at once"))
            .story("Tries the lock, and is told at once that another thread holds it."),
        Variant::holds("timed", || {
            expect(parking_lots(PACE), false, "parking_lot's try_lock_for gives up; std has none")
        })
        .story("Waits for parking_lot's mutex with a timeout, and gives up when that is over."),
        Variant::holds("timed-std", || {
            expect(out_of_std(PACE), false, "one made of std's parts does so, too")
        })
        .story("Waits with a timeout for a lock made of std's Mutex and Condvar."),
        Variant::breaks("unwrapped", || {
            expect(unwrapped(), 2, "t1 panics under the lock, t2 at its lock().unwrap()")
        })
        .story("Unwraps the lock: the panic of t1 has poisoned it, so t2 panics in its turn."),
        Variant::breaks("not-told", || {
            expect(not_told(), Some(60), "parking_lot does not poison: 40 of 100 are gone")
        })
        .story("parking_lot's mutex has no poisoning: t2 takes half a transfer for a whole."),
        Variant::holds("recovered", || {
            let line = "told, repaired and cleared by t2; t3 finds it sound";
            expect(recovered(), (Some(true), 100), line)
        })
        .story("Takes the guard out of the error, repairs the value, and clears the poison."),
        Variant::holds("written-at-end", || {
            let line = "poisoned, and whole: the work was on a copy";
            expect(written_at_the_end(), Some((true, 100)), line)
        })
        .story("Changes a copy and writes it back in one step: a panic leaves the old one."),
    ])
}
