use std::time::Duration;

use coroutines::real::wake::{self, MOST_POLLS};
use coroutines::{model, on_ours, on_tokio};
use kit::sync_point::SyncPoint;
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("executor", "what polls: a run queue, timers, and a wake-up that gets lost")
        .story(
            "While all tasks wait, the executor's thread sleeps. A wake-up may come just between \
             its last check and its sleep.",
        )
        .source("coroutines/src/{wake,run_loop}.rs")
        .python("call_soon_threadsafe")
        .variants(variants)
}

fn variants() -> [Variant; 7] {
    const PACE: Duration = Duration::from_millis(2);
    type Run = fn(&SyncPoint) -> u32;
    let modelled = |variant: Variant, run: Run| {
        let polls: Vec<u32> = (1..=MOST_POLLS).collect();
        let size = "2 threads, polls counted";
        variant.explored_for(size, "lose the wake-up", polls, move || run(&SyncPoint::none()))
    };
    let sleeps = |name, run: Run| Variant::deadlocks(name, move || run(&SyncPoint::of(2)));
    let wakes = |name, run: Run, line: &'static str| {
        Variant::holds(name, move || match run(&SyncPoint::of(2)) {
            polls @ ..2 => Err(format!("polled {polls} times")),
            // A park may return spuriously.
            polls => Ok(Report::new(format!("{line}: polled {polls} times"))),
        })
    };
    let polled = |name, run: fn(Duration) -> Vec<usize>| {
        Variant::holds(name, move || -> Checked {
            let polls = run(PACE);
            match [1, 2, 3].map(|task| polls.iter().filter(|&&one| one == task).count()) {
                [4, n @ 1..=2, 2] if polls.starts_with(&[1, 2, 3]) => {
                    Ok(Report::new(format!("polled 4, {n} and 2 times, and none in vain")))
                }
                _ => Err(format!("polled in the order {polls:?}")),
            }
        })
    };
    [
        modelled(sleeps("looks-then-sleeps", wake::check_then_park), model::wake::check_then_park)
            .story("It checks a flag, then sleeps: a wake-up between the two wakes nothing."),
        modelled(sleeps("wiped-late", wake::cleared_late), model::wake::cleared_late).story(
            "The flag is cleared right before the sleep, and with it a wake-up just before.",
        ),
        modelled(wakes("locked", wake::locked, "check and sleep in one step"), model::wake::locked)
            .story("Check, sleep and clearing are one critical section: no wake-up in between."),
        modelled(wakes("parked", wake::parked, "unpark leaves a token"), model::wake::parked)
            .story("`unpark` leaves a token, and `park` consumes it instead of sleeping."),
        polled("textbook", on_ours::run_loop::textbook)
            .story("An executor in fifty lines: a queue of woken tasks, timers, a parked thread."),
        polled("ours", on_ours::run_loop::run)
            .story("The same three tasks on our library: each is polled as often as it is woken."),
        polled("tokio", on_tokio::run_loop::run)
            .story("The same three tasks on tokio: each is polled as often as it is woken."),
    ]
}
