//! The lesson `single-flight`.

use kit::sync_point::SyncPoint;
use singleton::model::single_flight as modelled;
use singleton::real::single_flight as real;
use singleton::real::single_flight::{checked_first, left_loading, one_lock, single_flight};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("single-flight", "a cache: one load for each key, whichever thread asks first")
        .story(
            "t1 and t2 ask at once for what the cache does not have: for the same key, or for a \
             and b. How many loads are there?",
        )
        .python("single_flight")
        .source("singleton/src/single_flight.rs")
        .variants(variants)
}

/// The same key for both threads.
const SAME: [char; 2] = ['a', 'a'];
const TWO: [char; 2] = ['a', 'b'];

fn asking(keys: [char; 2], first_fails: bool, window: SyncPoint) -> real::Asking {
    real::Asking { keys, first_fails, window }
}

fn variants() -> [Variant; 5] {
    use real::Asked;
    let moment = || SyncPoint::for_a_moment(2);
    let both = || SyncPoint::until_all_hold(2);
    let explored = |variant: Variant, fails, first_fails, wanted, run: fn(_) -> _| {
        variant.explored_for("2 threads", "loads of a", fails, [wanted], move || {
            let window = SyncPoint::none();
            let seen: modelled::Asked = run(modelled::Asking { keys: SAME, first_fails, window });
            seen.loads
        })
    };
    let first = Variant::breaks("checked-first", move || {
        let wanted = Asked { loads: 2, at_once: 2, got: 2 };
        let line = "a cache stampede: 2 loads of a, at once";
        expect(checked_first(asking(SAME, false, both())), wanted, line)
    })
    .story("Checks under the lock and loads without it: both find nothing, and both load.");
    let lock = Variant::breaks("one-lock", move || {
        let wanted = Asked { loads: 2, at_once: 1, got: 2 };
        expect(
            one_lock(asking(TWO, false, moment())),
            wanted,
            "a and b are loaded one after the other",
        )
    })
    .story("Loads under the lock of the whole cache: the thread that wants b waits for a.");
    let left = Variant::deadlocks("left-loading", move || {
        left_loading(asking(SAME, true, moment()))
    })
    .story("Marks a as being loaded. The load fails, the mark stays: the other waits for ever.");
    let flight = Variant::holds("single-flight", move || {
        let wanted = Asked { loads: 1, at_once: 1, got: 2 };
        expect(
            single_flight(asking(SAME, false, moment())),
            wanted,
            "two ask for a, and one loads it",
        )?;
        let wanted = Asked { loads: 2, at_once: 2, got: 2 };
        let line = "1 load of a for both threads; a and b are loaded at once";
        expect(single_flight(asking(TWO, false, both())), wanted, line)
    })
    .story("Marks a as being loaded: threads that want a wait for that load; b is free.");
    let retried = Variant::holds("retried", move || {
        let wanted = Asked { loads: 2, at_once: 1, got: 1 };
        let line = "the first load fails; the thread that waited loads";
        expect(single_flight(asking(SAME, true, moment())), wanted, line)
    })
    .story("A guard removes the mark of a load that fails, and a thread that waited loads.");
    [
        explored(first, "stampede", false, 1, modelled::checked_first),
        lock,
        explored(left, "deadlock", true, 1, modelled::left_loading),
        explored(flight, "stampede", false, 1, modelled::single_flight),
        explored(retried, "give up", true, 2, modelled::single_flight),
    ]
}
