//! The lessons on failures: workers that are killed, tasks that kill them, tasks that hang.

use process_pool::crash::{self, Came, InPython, TASKS, VICTIM};
use process_pool::poison::{self, BOUND, OTHERS};
use process_pool::timeout;
use process_pool::{Error, OnDeath};
use stage::{Checked, Lesson, Report, Variant, expect};

use super::{ran, said};

pub(crate) fn crash() -> Lesson {
    Lesson::new("crash", "a worker that is killed in the middle of a task")
        .story(
            "Ten tasks, two workers; the one that runs task 4 is killed. Naive shares two \
             pipes, as Python's multiprocessing.Pool does; python is concurrent.futures.",
        )
        .source("process-pool/src/{crash,naive}.rs")
        .variants(crash_variants)
}

fn crash_variants() -> Vec<Variant> {
    let all = TASKS as usize;
    Vec::from([
        Variant::deadlocks("naive", || ran(crash::naive)).story(
            "Both workers share two pipes: nothing notes which one had task 4, and its answer \
                 never comes.",
        ),
        Variant::breaks("python", move || {
            match crash::in_python().map_err(|error| error.to_string())? {
                None => Ok(Report::not_here("there is no python3")),
                Some(InPython { done, failed, refused }) => {
                    if done < 3
                        || done + failed != all
                        || failed < 2
                        || refused != "BrokenProcessPool"
                    {
                        return Err(format!("{done} are done, {failed} fail, and then: {refused}"));
                    }
                    let line = format!("{failed} of {all} fail, and it accepts no more tasks");
                    Ok(Report::new(line).fact("submit after that", refused))
                }
            }
        })
        .story(
            "ProcessPoolExecutor ends all its workers when one dies: tasks without a \
                    result fail, and later ones too.",
        ),
        Variant::holds("reported", move || {
            let came = ran(|program| crash::run(program, OnDeath::Report))?;
            let right = matches!(came.victim, Some(Error::Died { pid, .. }) if pid == came.killed);
            let line = format!("{} of {all} are done; task {VICTIM} gets an error", came.done);
            shown(&came, right && came.done == all - 1, line)
                .map(|report| report.fact("error", said(came.victim.as_ref())))
        })
        .story(
            "The pool notes which task each worker has begun, reports that one, and \
                    replaces the worker.",
        ),
        Variant::holds("run-again", move || {
            let came = ran(|program| crash::run(program, OnDeath::RunAgain { limit: 3 }))?;
            let right = came.again.is_some_and(|pid| pid != came.killed);
            let line = format!("{} of {all} are done; another worker ran task {VICTIM}", came.done);
            let by =
                format!("{} was killed, {} ran it", came.killed, came.again.unwrap_or_default());
            shown(&came, right && came.done == all, line).map(|report| report.fact("processes", by))
        })
        .story(
            "The task of the dead worker is queued again, as its caller chose: \
                    at-least-once delivery.",
        ),
    ])
}

fn shown(came: &Came, right: bool, line: String) -> Checked {
    if right && came.others.is_empty() { Ok(Report::new(line)) } else { Err(format!("{came:?}")) }
}

pub(crate) fn poison() -> Lesson {
    Lesson::new("poison", "a task that kills every worker that runs it")
        .story("When a worker dies, its task is run again. Nine other tasks wait.")
        .source("process-pool/src/poison.rs")
        .variants(poison_variants)
}

fn poison_variants() -> Vec<Variant> {
    Vec::from([
        Variant::breaks("no-limit", || {
            let came = ran(|program| poison::run(program, None))?;
            let right = came.deaths >= BOUND && matches!(came.poison, Some(Error::Closed));
            let line = format!("{} workers killed, and no end of it", came.deaths);
            expect((right, came.others), (true, OTHERS), line)
        })
        .story(
            "The task is queued again after each death, without a limit, and kills one \
                    worker after another.",
        ),
        Variant::holds("limit", || {
            let came = ran(|program| poison::run(program, Some(3)))?;
            let right = matches!(came.poison, Some(Error::Poison { deaths: 3, .. }));
            let line = format!("given up after 3 workers, by name; the {OTHERS} others are done");
            expect((right, came.others), (true, OTHERS), line)
                .map(|report| report.fact("error", said(came.poison.as_ref())))
        })
        .story(
            "After three deaths the task is dead-lettered: its handle gets an error that \
                    names it.",
        ),
    ])
}

pub(crate) fn timeout() -> Lesson {
    Lesson::new("timeout", "a task that hangs, and one behind it")
        .story("One worker. A time limit for waiting is not a time limit for the task.")
        .source("process-pool/src/timeout.rs")
        .variants(timeout_variants)
}

fn timeout_variants() -> Vec<Variant> {
    Vec::from([
        Variant::breaks("for-waiting", move || {
            let came = ran(timeout::for_waiting)?;
            let line = "the caller gives up; the task keeps running";
            expect((came.hangs.is_none(), came.next_ran), (true, false), line)
        })
        .story(
            "wait_timeout ends the waiting: the task keeps its worker, and the one behind it \
                 never runs.",
        ),
        Variant::holds("for-the-task", || {
            let came = ran(timeout::for_the_task)?;
            let right = matches!(came.hangs, Some(Error::TimedOut { .. }));
            let elsewhere = came.workers.1.is_some_and(|pid| pid != came.workers.0);
            let line = "its worker is killed; a new one runs the next task";
            expect((right, came.next_ran, elsewhere), (true, true, true), line)
                .map(|report| report.fact("error", said(came.hangs.as_ref())))
        })
        .story(
            "time_limit kills the worker of a task that takes too long, and a new worker runs \
                 the next.",
        ),
    ])
}
