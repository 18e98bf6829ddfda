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
    use model::lock_order as modelled;
    use real::lock_order::{both_at_once, by_key, opposite, ordered, try_back_off};
    let all_hold = || SyncPoint::until_all_hold(2);
    let moment = || SyncPoint::for_a_moment(2);
    let explored = |variant: Variant, values, model: fn(SyncPoint) -> (u32, u32)| {
        let model = move || model(SyncPoint::none());
        variant.explored_for("2 threads", "A and B", "deadlock", [values], model)
    };
    [
        explored(
            Variant::deadlocks("opposite", move || opposite(all_hold()))
                .story("Neither order is wrong by itself; together they close a cycle of waits."),
            (2, 2),
            modelled::opposite,
        ),
        explored(
            Variant::holds("ordered", move || {
                expect(ordered(moment()), (2, 2), "A before B on both threads: each got both")
            })
            .story("Both threads acquire A before B: a cycle of waits cannot close."),
            (2, 2),
            modelled::ordered,
        ),
        Variant::holds("try-back-off", move || {
            let (values, back_offs) = try_back_off(all_hold());
            let line = "no wait with a lock held: each got both, back-offs: ";
            expect(values, (2, 2), format!("{line}{back_offs}"))
        })
        .story("The second lock is only tried: a thread that fails releases its first one.")
        // 2 back-offs stand for more.
        .explored_for(
            "2 threads",
            "A and B, back-offs",
            "deadlock",
            [0, 1, 2].map(|times| ((2, 2), times)),
            || {
                let (values, back_offs) = modelled::try_back_off(SyncPoint::none());
                (values, back_offs.min(2))
            },
        ),
        explored(
            Variant::holds("both-at-once", move || {
                let line = "one thread at a time acquires them: each got both";
                expect(both_at_once(moment()), (2, 2), line)
            })
            .story("Both are acquired under a third lock: one thread at a time holds and waits."),
            (2, 2),
            modelled::both_at_once,
        ),
        explored(
            Variant::holds("by-key", move || {
                let line = "lower number first: 110, 90, as transferred";
                expect(by_key([1, 2], moment()), (110, 90), line)
            })
            .story("The locks come from data: both transfers lock the lower account number first."),
            (110, 90),
            |window| modelled::by_key([1, 2], window),
        ),
        explored(
            Variant::holds("by-key-equal", move || {
                let line = "equal numbers, under a tie lock: 110, 90";
                expect(by_key([7, 7], moment()), (110, 90), line)
            })
            .story("Equal keys have no order: a third lock, the tie lock, is acquired first."),
            (110, 90),
            |window| modelled::by_key([7, 7], window),
        ),
        Variant::holds("timed", move || match timed(all_hold()) {
            ((2, 2), timeouts) if timeouts > 0 => {
                Ok(Report::new(format!("no wait for ever: each got both, timeouts: {timeouts}")))
            }
            other => Err(format!("{other:?}")),
        })
        .story("The second lock has a timeout of 20 ms: after it, a thread releases its first."),
    ]
}
