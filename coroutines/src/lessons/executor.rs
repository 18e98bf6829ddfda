use std::time::Duration;

use coroutines::real::wake::{self, MOST_POLLS};
use coroutines::{model, on_ours, on_tokio};
use kit::sync_point::SyncPoint;
use stage::{Lesson, Report, Variant};

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
    let sleeps = |name, [real, model]: [Run; 2], holds: Option<&'static str>| {
        let polls = move || real(&SyncPoint::of(2));
        let variant = match holds {
            None => Variant::deadlocks(name, polls),
            Some(line) => Variant::holds(name, move || match polls() {
                polls @ ..2 => Err(format!("polled {polls} times")),
                // A park may return spuriously.
                polls => Ok(Report::new(format!("{line}: polled {polls} times"))),
            }),
        };
        let (right, run) = (Vec::from_iter(1..=MOST_POLLS), move || model(&SyncPoint::none()));
        variant.explored_for("2 threads", "polls", "lose the wake-up", right, run)
    };
    let polled = |name, run: fn(Duration) -> Vec<usize>| {
        Variant::holds(name, move || {
            let polls = run(PACE);
            match [1, 2, 3].map(|task| polls.iter().filter(|&&one| one == task).count()) {
                [4, n @ 1..=2, 2] if polls.starts_with(&[1, 2, 3]) => {
                    Ok(Report::new(format!("polled 4, {n} and 2 times, and none in vain")))
                }
                _ => Err(format!("polled in the order {polls:?}")),
            }
        })
    };
    let (one_step, token) = ("check and sleep in one step", "unpark leaves a token");
    [
        sleeps("checks-then-parks", [wake::check_then_park, model::wake::check_then_park], None)
            .story("It checks a flag, then sleeps: a wake-up between the two wakes nothing."),
        sleeps("cleared-late", [wake::locked::<true>, model::wake::locked::<true>], None)
            .story("The flag is cleared right before the sleep, and so is a wake-up before that."),
        sleeps("locked", [wake::locked::<false>, model::wake::locked::<false>], Some(one_step))
            .story("Check, sleep and clearing are one critical section: no wake-up in between."),
        sleeps("parked", [wake::parked, model::wake::parked], Some(token))
            .story("`unpark` leaves a token, and `park` consumes it instead of sleeping."),
        polled("textbook", on_ours::run_loop::textbook)
            .story("An executor in forty lines: a queue of woken tasks, and a thread that parks."),
        polled("ours", on_ours::run_loop::run)
            .story("The same three tasks on our library: each is polled as often as it is woken."),
        polled("tokio", on_tokio::run_loop::run)
            .story("The same three tasks on tokio: each is polled as often as it is woken."),
    ]
}
