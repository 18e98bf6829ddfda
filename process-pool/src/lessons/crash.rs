//! The lesson `crash`.

use process_pool::crash::{CrashOutcome, TASKS, VICTIM, in_python, naive, run};
use process_pool::model::crash::{self as model, Tasks};
use process_pool::{Error, OnDeath};
use stage::{Checked, Lesson, Report, Variant};

use super::observe;

const ALL: usize = TASKS as usize;
const SIZE: &str = "2 tasks, a kill at any step";
/// No task is lost: each is answered, or reported.
const REPORTED: [Tasks; 3] = [
    Tasks { answered: 2, reported: 0, runs: 2 },
    Tasks { answered: 1, reported: 1, runs: 1 },
    Tasks { answered: 1, reported: 1, runs: 2 },
];
/// Each task is answered, and may have been run twice: at-least-once delivery.
const RUN_AGAIN: [Tasks; 2] =
    [Tasks { answered: 2, reported: 0, runs: 2 }, Tasks { answered: 2, reported: 0, runs: 3 }];

pub(crate) fn lesson() -> Lesson {
    Lesson::new("crash", "a worker that is killed in the middle of a task")
        .story(
            "Ten tasks, two workers; the one that runs task 4 is killed. Naive shares two pipes, \
             as Python's multiprocessing.Pool does; python is concurrent.futures.",
        )
        .source("process-pool/src/crash.rs")
        .python("lost")
        .python("executor")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    [
        Variant::deadlocks("naive", || observe(naive, |answers| Err(format!("{answers} came"))))
            .story("Nothing notes which worker had task 4, and its answer never comes.")
            .explored("2 workers, 2 tasks, a kill", "wait for ever", model::naive),
        Variant::breaks("python", || {
            let printed = in_python().map_err(|error| error.to_string())?;
            printed.map_or_else(|| Ok(Report::not_here("there is no python3")), executor_breaks)
        })
        .story("ProcessPoolExecutor ends all its workers, and every unfinished task fails."),
        Variant::holds("reported", || {
            observe(|observer| run(observer, OnDeath::Report), victim_is_reported)
        })
        .story("The supervisor reads which task its worker had begun, and reports that one.")
        .explored_for(SIZE, "", "lose a task", REPORTED, || model::supervised(false)),
        Variant::holds("run-again", || {
            let again = OnDeath::RunAgain { limit: 3 };
            observe(|observer| run(observer, again), victim_is_run_again)
        })
        .story("The task is queued again, as its caller chose: at-least-once delivery.")
        .explored_for(SIZE, "", "lose a task", RUN_AGAIN, || model::supervised(true)),
    ]
}

/// Checks what the script prints: "3 done, 7 failed, submit then raises …".
fn executor_breaks(printed: String) -> Checked {
    const BROKEN: &str = "BrokenProcessPool";
    let counts: Vec<usize> = printed.split(' ').filter_map(|word| word.parse().ok()).collect();
    let right = |done, failed| done >= 3 && failed >= 2 && done + failed == ALL;
    match counts[..] {
        [done, failed] if right(done, failed) && printed.trim_end().ends_with(BROKEN) => {
            let line = format!("{failed} of {ALL} fail, and it accepts no more tasks");
            Ok(Report::new(line).fact("submit after that", BROKEN))
        }
        _ => Err(format!("Python printed: {printed}")),
    }
}

fn victim_is_reported(outcome: CrashOutcome) -> Checked {
    match &outcome.victim {
        Some(error @ Error::Died { pid, .. })
            if *pid == outcome.killed && outcome.done == ALL - 1 && outcome.others.is_empty() =>
        {
            let line = format!("{} of {ALL} are done; task {VICTIM} gets an error", outcome.done);
            Ok(Report::new(line).fact("error", error.to_string()))
        }
        _ => Err(format!("{outcome:?}")),
    }
}

fn victim_is_run_again(outcome: CrashOutcome) -> Checked {
    match outcome.again {
        Some(again) if again != outcome.killed && outcome.done == ALL => {
            let line = format!("{ALL} of {ALL} are done; another worker ran task {VICTIM}");
            let by = format!("{} was killed, {again} ran it", outcome.killed);
            Ok(Report::new(line).fact("processes", by))
        }
        _ => Err(format!("{outcome:?}")),
    }
}
