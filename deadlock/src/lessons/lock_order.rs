//! `lock-order`: two locks, acquired in opposite orders, and the ways out.

use deadlock::timed::timed;
use deadlock::{model, real};
use kit::sync_point::SyncPoint;
use stage::{Lesson, Report, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("lock-order", "two threads, two locks, opposite orders")
        .story("t1 acquires A, then B; t2 B, then A. Each holds what the other waits for.")
        .python("lock_order")
        .source("deadlock/src/{lock_order,timed}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 7] {
    use real::lock_order::{Added, both_at_once, by_key, opposite, ordered, try_back_off};
    let all_hold = || SyncPoint::until_all_hold(2);
    let moment = || SyncPoint::for_a_moment(2);
    let explored = |variant: Variant, run: fn(SyncPoint) -> model::lock_order::Added| {
        let model = move || run(SyncPoint::none()).values;
        variant.explored_for("2 threads", "deadlock", [(2, 2)], model)
    };
    let added = |added: Added, how: &str| {
        let again = match added.back_offs {
            0 => String::new(),
            back_offs => format!(", back-offs: {back_offs}"),
        };
        expect(added.values, (2, 2), format!("{how}: both had both{again}"))
    };
    [
        explored(
            Variant::deadlocks("opposite", move || opposite(all_hold()))
                .story("Neither order is wrong by itself; together they close a cycle of waits."),
            model::lock_order::opposite,
        ),
        explored(
            Variant::holds("ordered", move || {
                added(ordered(moment()), "A before B on both threads")
            })
            .story("Both threads acquire A before B: a cycle of waits cannot close."),
            model::lock_order::ordered,
        ),
        Variant::holds("try-back-off", move || {
            added(try_back_off(all_hold()), "no wait with a lock held")
        })
        .story(
            "The second lock is only tried: a thread that fails releases its first one, so none \
             holds and waits.",
        )
        // The values, and the back-offs, of which 2 stands for more.
        .explored_for("2 threads", "deadlock", [0, 1, 2].map(|times| ((2, 2), times)), || {
            let added = model::lock_order::try_back_off(SyncPoint::none());
            (added.values, added.back_offs.min(2))
        }),
        explored(
            Variant::holds("both-at-once", move || {
                added(both_at_once(moment()), "one thread at a time acquires them")
            })
            .story(
                "Both are acquired under a third lock, so one thread at a time can hold one and wait \
                 for the other.",
            ),
            model::lock_order::both_at_once,
        ),
        keyed(
            Variant::holds("by-key", move || {
                let line = "lower number first: 110, 90, as transferred";
                expect(by_key([1, 2], moment()), [110, 90], line)
            })
            .story("The locks come from data: both transfers lock the lower account number first."),
            [1, 2],
        ),
        keyed(
            Variant::holds("by-key-equal", move || {
                let line = "equal numbers, under a tie lock: 110, 90";
                expect(by_key([7, 7], moment()), [110, 90], line)
            })
            .story("Equal keys have no order, so a third lock, a tie lock, is acquired before both."),
            [7, 7],
        ),
        Variant::holds("timed", move || match timed(all_hold()) {
            Added { values: (2, 2), back_offs } if back_offs > 0 => {
                Ok(Report::new(format!("no wait for ever: both had both, timeouts: {back_offs}")))
            }
            other => Err(format!("{other:?}")),
        })
        .story(
            "The second lock has a timeout of 20 ms: a thread that gives up releases its first one, \
             and pauses.",
        ),
    ]
}

/// Adds the model of two transfers between accounts of these numbers.
fn keyed(variant: Variant, numbers: [u32; 2]) -> Variant {
    let model = move || model::lock_order::by_key(numbers, SyncPoint::none());
    variant.explored_for("2 threads", "deadlock", [[110, 90]], model)
}
