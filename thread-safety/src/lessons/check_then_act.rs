//! The overdrawn account, and what mends it.

use stage::{Checked, Lesson, Report, Variant};
use thread_safety::{Window, model, real};

pub(crate) fn check_then_act() -> Lesson {
    Lesson::new("check-then-act", "a bank account overdrawn between the check and the withdrawal")
        .story(
            "t1 and t2 each look whether 80 is there, then take it. Looking and taking are each \
             under the lock; both together are not.",
        )
        .source("thread-safety/src/check_then_act/")
        .variants(check_then_act_variants)
}

fn check_then_act_variants() -> Vec<Variant> {
    use real::check_then_act::{check_first, compare_exchange, one_lock, one_method};
    let modelled = |form: Variant, run: fn(Window) -> model::check_then_act::Ended| {
        form.explored("2 threads", "overdraw", move || {
            let ended = run(Window::told());
            assert!(ended.well(), "paid {} of 2, and {} is left", ended.paid, ended.balance);
        })
    };
    let both_see = Window::until_both_have_read;
    Vec::from([
        modelled(
            Variant::breaks("check-first", move || {
                overdraws(check_first::run(both_see()), "both saw 100")
            })
            .story(
                "The check and the act are each under the lock, and the lock is released \
                         in between.",
            ),
            model::check_then_act::check_first::run,
        ),
        modelled(
            Variant::holds("one-lock", || {
                pays_one(one_lock::run(Window::for_a_moment()), "one critical section")
            })
            .story("One critical section holds both the check and the act."),
            model::check_then_act::one_lock::run,
        ),
        modelled(
            Variant::holds("compare-exchange", move || {
                pays_one(compare_exchange::run(both_see()), "the act checks again")
            })
            .story(
                "The withdrawal succeeds only if the balance is still the one that was \
                     checked (compare-and-swap).",
            ),
            model::check_then_act::compare_exchange::run,
        ),
        modelled(
            Variant::holds("one-method", || {
                pays_one(one_method::run(Window::for_a_moment()), "no check without the act")
            })
            .story(
                "The type has one method, which checks and acts under its lock, and \
                     offers no check alone.",
            ),
            model::check_then_act::one_method::run,
        ),
    ])
}

fn told(ended: real::check_then_act::Ended, how: &str) -> String {
    format!("{how}: paid {} of 2, left {}", ended.paid, ended.balance)
}

fn overdraws(ended: real::check_then_act::Ended, how: &str) -> Checked {
    if ended.balance < 0 { Ok(Report::new(told(ended, how))) } else { Err(told(ended, how)) }
}

fn pays_one(ended: real::check_then_act::Ended, how: &str) -> Checked {
    if ended.well() { Ok(Report::new(told(ended, how))) } else { Err(told(ended, how)) }
}
