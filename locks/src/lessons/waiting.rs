//! The lessons on what threads wait for, or wait at.

use std::time::Duration;

use locks::{Cues, model, real};
use stage::{Lesson, Variant, expect};

use super::number_of;

/// As long as it takes to see something in the lanes.
const PACE: Duration = Duration::from_millis(4);
/// How long to wait for what must not happen.
const MOMENT: Duration = Duration::from_millis(20);

/// What `condvar` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Condvar {
    /// How many items each of two producers puts at full speed, 1 to 1000000
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) items: u32,
}

pub(crate) fn condvar() -> Lesson {
    Lesson::new("condvar", "to sleep until a condition holds")
        .story(
            "c1 and c2 wait for an item each. p puts one and wakes both. Later, t1 waits for a \
             flag, just when t2 sets it.",
        )
        .source("locks/src/condvar/")
        .variants_with(condvar_variants)
}

fn condvar_variants(options: &Condvar) -> Vec<Variant> {
    use real::condvar::{if_once, locked_flag, ours, unlocked_flag, while_again};
    let items = options.items;
    let sum = u64::from(items) * (u64::from(items) + 1);
    // Far more than it takes, even where each item is handed over by two sleepers.
    let limit = Duration::from_secs(30) + Duration::from_micros(500) * items;
    let consumers = |form: Variant, run: fn(&Cues, Duration) -> Vec<Option<u32>>| {
        form.explored("3 threads", "got none", move || {
            let taken = run(&Cues::none(), Duration::ZERO);
            assert!(taken.iter().all(Option::is_some), "woken, and nothing is there");
        })
    };
    let once = Variant::breaks("if-once", || {
        let mut taken = if_once::run(&Cues::given(), PACE);
        taken.sort_unstable();
        expect(taken, vec![None, Some(1)], "both are woken: one takes what is not there")
    })
    .story(
        "Checks the condition once: of two threads that are woken, one takes an item that is \
            not there.",
    );
    let again = Variant::holds("while-again", move || {
        let mut taken = while_again::run(&Cues::given(), PACE);
        taken.sort_unstable();
        expect(taken, vec![Some(1), Some(2)], "")?;
        let line = format!("the one that finds none waits again; 2 × {items} arrive");
        expect(while_again::sum(items), sum, line)
    })
    .story(
        "Checks the condition again after each wake-up, and waits again if another thread was \
            faster.",
    )
    .within(limit);
    let ours = Variant::holds("ours", move || {
        expect(
            ours::sum(items),
            sum,
            format!("2 × {items} arrive by this topic's own condition variable"),
        )
    })
    .story(
        "Runs the same on a condition variable made by hand, a count of notifications on a futex.",
    )
    .within(limit);
    let unlocked = Variant::deadlocks("unlocked-flag", || unlocked_flag::run(&Cues::given())).story(
        "Sets the flag without the mutex, between t1's check and its wait, so the wake-up is lost.",
    );
    let locked = Variant::holds("locked-flag", || {
        locked_flag::run(&Cues::given(), MOMENT);
        expect((), (), "t2 waits for the lock, which t1 releases by waiting")
    })
    .story("Sets the flag under the mutex, which t1 releases and sleeps in one atomic step.");
    Vec::from([
        consumers(once, model::condvar::if_once::run),
        consumers(again, model::condvar::while_again::run),
        ours,
        unlocked.explored("2 threads", "deadlock", || {
            model::condvar::unlocked_flag::run(&Cues::none());
        }),
        locked.explored("2 threads", "deadlock", || {
            model::condvar::locked_flag::run(&Cues::none(), Duration::ZERO);
        }),
    ])
}

pub(crate) fn semaphore() -> Lesson {
    Lesson::new("semaphore", "at most so many inside")
        .story(
            "Two permits, and three threads who want one. Before they come, someone gives back \
             a permit that was never taken.",
        )
        .source("locks/src/primitives/semaphore.rs")
        .variants(semaphore_variants)
}

fn semaphore_variants() -> Vec<Variant> {
    use model::semaphore as modelled;
    use real::semaphore::{Done, bounded, permits, unbounded};
    fn explored(
        form: Variant,
        run: impl Fn() -> modelled::Done + Send + Sync + 'static,
    ) -> Variant {
        form.explored("2 threads", "too many", move || {
            assert!(run().most_inside <= 1, "one too many is inside");
        })
    }
    let unbounded = Variant::breaks("unbounded", || {
        let wanted = Done { most_inside: 3, refused: false };
        expect(
            unbounded::run(2, &Cues::given(), PACE),
            wanted,
            "two permits were two, and are three: a third is inside",
        )
    })
    .story("Accepts the permit that nobody has acquired, so one thread too many is inside.");
    let bounded = Variant::holds("bounded", || {
        let wanted = Done { most_inside: 2, refused: true };
        expect(
            bounded::run(2, &Cues::given(), PACE),
            wanted,
            "the permit that was never taken is refused",
        )
    })
    .story("Has an upper bound, and so refuses the permit that nobody has acquired.");
    let permits = Variant::holds("permits", || {
        let wanted = Done { most_inside: 2, refused: false };
        expect(
            permits::run(2, &Cues::given(), PACE),
            wanted,
            "who has no permit has nothing to give back",
        )
    })
    .story(
        "Makes each permit a value with a destructor: a thread that has none has nothing to \
            release.",
    );
    Vec::from([
        explored(unbounded, || modelled::unbounded::run(1, &Cues::none(), Duration::ZERO)),
        explored(bounded, || modelled::bounded::run(1, &Cues::none(), Duration::ZERO)),
        explored(permits, || modelled::permits::run(1, &Cues::none(), Duration::ZERO)),
    ])
}

/// What `barrier` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Barrier {
    /// How many rounds three threads go through at full speed, 1 to 100000
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rounds: u32,
}

pub(crate) fn barrier() -> Lesson {
    Lesson::new("barrier", "rounds in step")
        .story(
            "t1 and t2 begin a round when both have ended the last one. t2 opens the barrier, \
             and comes again before t1 has looked.",
        )
        .source("locks/src/primitives/barrier.rs")
        .variants_with(barrier_variants)
}

fn barrier_variants(options: &Barrier) -> Vec<Variant> {
    use real::barrier::{counter_alone, looks_first, round_number};
    let rounds = options.rounds;
    let modelled = |form: Variant, run: fn(&Cues, Duration) -> bool| {
        form.explored("2 threads", "deadlock", move || {
            assert!(run(&Cues::none(), Duration::ZERO), "out of step");
        })
    };
    let alone = Variant::deadlocks("counter-alone", || counter_alone::run(&Cues::given(), PACE)).story(
        "Counts arrivals and no rounds, so t2's next arrival hides from t1 that the last round is \
         over.",
    );
    let numbered = Variant::holds("round-number", || {
        expect(
            round_number::run(&Cues::given(), PACE),
            true,
            "t1 looks late, and finds that the round has changed",
        )
    })
    .story(
        "Waits until the round's number has changed, which the next arrival of t2 does not undo.",
    );
    let looks = Variant::holds("looks-first", move || {
        let wanted = looks_first::Done { out_of_step: 0, led: rounds };
        expect(
            looks_first::run(3, rounds),
            wanted,
            format!("3 threads in step for {}, each with one leader", number_of(rounds, "round")),
        )
    })
    .story("Spins for a moment before it sleeps, and counts rounds as well.")
    .within(Duration::from_secs(30) + Duration::from_millis(2) * rounds);
    Vec::from([
        modelled(alone, model::barrier::counter_alone::run),
        modelled(numbered, model::barrier::round_number::run),
        looks.explored("2 threads", "too early", || {
            let done = model::barrier::looks_first::run(2, 1);
            assert!(done.out_of_step == 0 && done.led == 1, "{done:?}");
        }),
    ])
}

pub(crate) fn event() -> Lesson {
    Lesson::new("event", "one waits until another says so")
        .story("t2 gives a signal when t1 has not come to wait for it yet.")
        .source("locks/src/primitives/event.rs")
        .variants(event_variants)
}

fn event_variants() -> Vec<Variant> {
    use real::event::{auto_reset, manual_reset, pulse};
    let modelled = |form: Variant, run: fn(&Cues, Duration)| {
        form.explored("2 threads", "deadlock", move || run(&Cues::none(), Duration::ZERO))
    };
    let pulsed = Variant::deadlocks("pulse", || pulse::run(&Cues::given(), PACE)).story(
        "Sets the event and clears it at once, so a thread that does not wait yet misses it for \
         good.",
    );
    let auto = Variant::holds("auto-reset", || {
        auto_reset::run(&Cues::given(), PACE);
        expect(
            auto_reset::one_each(),
            vec![1, 2, 3],
            "t1 takes it when it comes; each set lets one go",
        )
    })
    .story(
        "Stays set until one thread has taken the signal: each set lets one thread go on, \
            early or late.",
    );
    let manual = Variant::holds("manual-reset", || {
        manual_reset::run(&Cues::given(), PACE);
        expect((), (), "it stays set: t1 goes on, and so would everyone")
    })
    .story("Stays set until it is cleared, so a thread that comes late goes on as well.");
    Vec::from([
        modelled(pulsed, model::event::pulse::run),
        modelled(auto, model::event::auto_reset::run),
        modelled(manual, model::event::manual_reset::run),
    ])
}

pub(crate) fn latch() -> Lesson {
    Lesson::new("latch", "one waits until so many are done")
        .story("w waits for the work of t1, t2 and t3, and comes before any of them has begun.")
        .source("locks/src/primitives/latch.rs")
        .variants(latch_variants)
}

fn latch_variants() -> Vec<Variant> {
    use real::latch::{counted_first, registered_late};
    let modelled = |form: Variant, run: fn(u32, &Cues, Duration) -> u32| {
        form.explored("2 threads", "too early", move || {
            assert!(
                run(1, &Cues::none(), Duration::ZERO) == 1,
                "it goes on before the work is done"
            );
        })
    };
    let late = Variant::breaks("registered-late", || {
        expect(
            registered_late::run(3, &Cues::given(), PACE),
            0,
            "w finds nobody at work, and goes on with 0 of 3 done",
        )
    })
    .story(
        "Each worker counts itself in as it begins, so a waiter that comes first finds a count \
            of 0.",
    );
    let first = Variant::holds("counted-first", || {
        expect(counted_first::run(3, &Cues::given(), PACE), 3, "w goes on when 3 of 3 are done")
    })
    .story("The latch is made with the number of workers, so the waiter waits for all of them.");
    Vec::from([
        modelled(late, model::latch::registered_late::run),
        modelled(first, model::latch::counted_first::run),
    ])
}
