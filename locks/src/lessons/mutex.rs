//! The lesson `mutex`: how long a guard lives, how long to wait, and what a panic leaves.

use std::time::Duration;

use locks::mutex::guard_scope::{in_the_else, in_the_match, named_first};
use locks::mutex::poison::{AfterPanic, not_told, recovered, unwrapped, written_at_the_end};
use locks::mutex::timed::{out_of_std, parking_lots, tried};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(8);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("mutex", "how long a guard lives, how long to wait, what a panic leaves")
        .story("t1 takes a job out of a list and does it. t2 looks whether the list is free.")
        .source("locks/src/mutex/")
        .python("lock")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    let in_the_match = Variant::breaks("in-the-match", || {
        expect(in_the_match(PACE), false, "a guard without a name lives to the end of the match")
    })
    .story(
        "The guard is a temporary of the match, so the lock is held until the match ends, the job \
         included.",
    );
    let named_first = Variant::holds("named-first", || {
        expect(named_first(PACE), true, "the statement ends, and the guard with it")
    })
    .story(
        "Gives the job a name first: the guard is dropped at the end of that statement, before \
         the job.",
    );
    let in_the_else = Variant::holds("in-the-else", || {
        expect(in_the_else(PACE), true, "if-let's guard is gone in its else, since edition 2024")
    })
    .story(
        "Does the job in the else of an if-let, where the guard is dropped already since edition \
         2024.",
    );
    let tried = Variant::holds("tried", || expect(tried(), false, "try_lock refuses at once"))
        .story("Tries the lock, and is told at once that another thread holds it.");
    let timed = Variant::holds("timed", || {
        expect(parking_lots(PACE), false, "parking_lot's try_lock_for gives up; std has none")
    })
    .story("Waits for parking_lot's mutex with a timeout, and gives up when that is over.");
    let timed_std = Variant::holds("timed-std", || {
        expect(out_of_std(PACE), false, "one made of std's parts does so, too")
    })
    .story("Waits with a timeout for a lock made of std's Mutex and Condvar.");
    let unwrapped = Variant::breaks("unwrapped", || {
        expect(unwrapped(), 2, "t1 panics under the lock, t2 at its lock().unwrap()")
    })
    .story("Unwraps the lock: the panic of t1 has poisoned it, so t2 panics in its turn.");
    let not_told = Variant::breaks("not-told", || {
        let half = AfterPanic { told: false, total: 60 };
        expect(not_told(), half, "parking_lot has no poison: 40 of 100 gone, unsaid")
    })
    .story(
        "Uses parking_lot's mutex, which has no poisoning: t2 takes half a transfer for a whole \
         one.",
    );
    let whole = AfterPanic { told: true, total: 100 };
    let recovered = Variant::holds("recovered", move || {
        expect(recovered(), whole, "told, repaired and cleared by t2; t3 finds it sound")
    })
    .story(
        "Gets the guard out of the poison error, repairs the value under it, and clears the \
         poison.",
    );
    let written_at_end = Variant::holds("written-at-end", move || {
        expect(written_at_the_end(), whole, "poisoned, and whole: the work was on a copy")
    })
    .story("Changes a copy and writes it back in one step, so a panic leaves the old value whole.");
    Vec::from([
        in_the_match,
        named_first,
        in_the_else,
        tried,
        timed,
        timed_std,
        unwrapped,
        not_told,
        recovered,
        written_at_end,
    ])
}
