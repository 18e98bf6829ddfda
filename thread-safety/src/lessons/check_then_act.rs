//! The overdrawn account, and what fixes it.

use stage::{Checked, Lesson, Variant};
use thread_safety::model::{check_then_act as model, lane::SyncPoint as ModelPoint};
use thread_safety::real::check_then_act::{self as real, Withdrawals};
use thread_safety::real::lane::SyncPoint;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("check-then-act", "a bank account overdrawn between the check and the withdrawal")
        .story(
            "t1 and t2 each check whether 80 is there, then take it. Checking and taking are each \
             under the lock; both together are not.",
        )
        .source("thread-safety/src/check_then_act.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    let modelled = |variant: Variant, run: fn(ModelPoint) -> model::Withdrawals| {
        variant.explored_for("2 threads", "", "overdraw", [model::Withdrawals::ONE], move || {
            run(ModelPoint::stepped())
        })
    };
    let meeting = || SyncPoint::until_all(2);
    [
        modelled(
            Variant::breaks("check-first", move || overdraws(real::check_first(meeting())))
                .story("Check and act are each under the lock, which is released in between."),
            model::check_first,
        ),
        modelled(
            Variant::holds("one-lock", || {
                pays_one(real::one_lock(SyncPoint::for_a_moment()), "one critical section")
            })
            .story("One critical section holds both the check and the act."),
            model::one_lock,
        ),
        modelled(
            Variant::holds("compare-exchange", move || {
                pays_one(real::compare_exchange(meeting()), "the act checks again")
            })
            .story("Withdraws only if the balance is still the one checked (compare-and-swap)."),
            model::compare_exchange,
        ),
        modelled(
            Variant::holds("one-method", || {
                pays_one(real::one_method(SyncPoint::for_a_moment()), "one call checks and acts")
            })
            .story("One method checks and acts under its lock; no other method checks alone."),
            model::one_method,
        ),
    ]
}

fn overdraws(seen: Withdrawals) -> Checked {
    stage::expect(seen, Withdrawals { balance: -60, paid: 2 }, format!("both saw 100: {seen:?}"))
}

fn pays_one(seen: Withdrawals, how: &str) -> Checked {
    stage::expect(seen, Withdrawals::ONE, format!("{how}: {seen:?}"))
}
