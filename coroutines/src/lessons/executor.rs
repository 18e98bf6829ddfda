use std::time::Duration;

use coroutines::real::wake::{MOST_POLLS, check_then_park, cleared_late, locked, parked};
use coroutines::{model, on_ours, on_tokio};
use kit::sync_point::SyncPoint;
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("executor", "what polls: a run queue, timers, and a wake-up that gets lost")
        .story(
            "While all tasks wait, the executor's thread sleeps. A wake-up may come just between \
             its last check and its sleep.",
        )
        .source("coroutines/src/{wake,run_loop,executor}.rs")
        .python("call_soon_threadsafe")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    const PACE: Duration = Duration::from_millis(2);
    let modelled = |variant: Variant, run: fn(&SyncPoint) -> u32| {
        let polls: Vec<u32> = (1..=MOST_POLLS).collect();
        let size = "2 threads, polls counted";
        variant.explored_for(size, "lose the wake-up", polls, move || run(&SyncPoint::none()))
    };
    let woken = |polls: u32, line: &str| -> Checked {
        // A park may return spuriously.
        if polls < 2 {
            return Err(format!("polled {polls} times"));
        }
        Ok(Report::new(format!("{line}: polled {polls} times")))
    };
    let polled = |(first, times): (Vec<usize>, [u32; 3])| {
        let [yields, sleeps, asks] = times;
        if first != [1, 2, 3] || (yields, asks) != (4, 2) || !(1..=2).contains(&sleeps) {
            return Err(format!("polled {first:?} first, and {times:?} times"));
        }
        Ok(Report::new(format!("polled {yields}, {sleeps} and {asks} times, and none in vain")))
    };
    let looks = Variant::deadlocks("looks-then-sleeps", || check_then_park(&SyncPoint::of(2)));
    let wiped = Variant::deadlocks("wiped-late", || cleared_late(&SyncPoint::of(2)));
    let locks = Variant::holds("locked", move || {
        woken(locked(&SyncPoint::of(2)), "check and sleep in one step")
    });
    let parks =
        Variant::holds("parked", move || woken(parked(&SyncPoint::of(2)), "unpark leaves a token"));
    [
        modelled(looks, model::wake::check_then_park)
            .story("It checks a flag, then sleeps: a wake-up between the two wakes nothing."),
        modelled(wiped, model::wake::cleared_late).story(
            "The flag is cleared right before the sleep, and with it a wake-up just before.",
        ),
        modelled(locks, model::wake::locked)
            .story("Check, sleep and clearing are one critical section: no wake-up in between."),
        modelled(parks, model::wake::parked)
            .story("`unpark` leaves a token, and `park` consumes it instead of sleeping."),
        Variant::holds("ours", move || polled(on_ours::run_loop::run(PACE)))
            .story("Our executor: a FIFO run queue, timers, a parked thread; no poll in vain."),
        Variant::holds("tokio", move || polled(on_tokio::run_loop::run(PACE)))
            .story("The same three tasks on tokio: each is polled as often as it is woken."),
    ]
}
