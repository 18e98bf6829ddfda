//! `park`: tokens, and what is waited for.

use kit::sync_point::SyncPoint;
use stage::{Lesson, Report, Variant, expect};
use threads_basics::model;
use threads_basics::parker::own_token;
use threads_basics::real::park::{checked_again, checked_once, unparked_before, unparked_first};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("park", "a thread parks, another one unparks it")
        .story("t1 takes letters from a box. A token says “look again”, not what for.")
        .source("threads-basics/src/park.rs")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    // The letters that t1 takes.
    let explored = |variant: Variant, run: fn(&SyncPoint) -> [u32; 2]| {
        variant.explored_for(
            "2 letters",
            "t1's letters",
            "take a wrong one",
            [[10, 20], [20, 20]],
            move || run(&SyncPoint::none()),
        )
    };
    let in_rounds = || SyncPoint::of(2).in_rounds();
    [
        explored(
            Variant::breaks("checked-once", move || {
                let line = "a token left over wakes t1: it takes the first letter again";
                expect(checked_once(&in_rounds()), [10, 10], line)
            })
            .story(
                "Checks the box once: a token left over wakes t1, which takes one letter twice.",
            ),
            model::park::checked_once,
        ),
        explored(
            Variant::holds("checked-again", move || {
                let line = "woken for nothing, it looks, and parks again";
                expect(checked_again(&in_rounds()), [10, 20], line)
            })
            .story("Checks the box in a loop: a token left over costs one more park."),
            model::park::checked_again,
        ),
        Variant::deadlocks("unparked-first", move || unparked_first(&in_rounds()))
            .story("Unparks before the letter is there: t1 looks in vain, and parks for good.")
            .explored_for("1 letter", "t1's letter", "deadlock", [10], || {
                model::park::unparked_first(&SyncPoint::none())
            }),
        Variant::holds("kept", move || {
            unparked_before(1, &in_rounds());
            Ok(Report::new("unparked before it parks, it does not block"))
        })
        .story("Unparks before the park: the token is kept, and the park returns at once.")
        .explored("1 token", "deadlock", || model::park::unparked_before(1, &SyncPoint::none())),
        Variant::deadlocks("not-counted", move || unparked_before(2, &in_rounds()))
            .story("Unparks twice before two parks: two tokens are one, and the second blocks.")
            .explored("2 tokens", "deadlock", || {
                model::park::unparked_before(2, &SyncPoint::none());
            }),
        Variant::holds("parker", || {
            let line = "crossbeam's Parker: a stray unpark does not wake it";
            expect(own_token(), (false, 20), line)
        })
        .story("crossbeam's Parker has its own token, which a stray unpark does not set."),
    ]
}
