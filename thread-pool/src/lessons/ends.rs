//! The lessons on ends: of a pool, of a task that panics, of one that nobody wants any more.

use std::sync::{Arc, Barrier};

use kit::child::program;
use stage::{Checked, Lesson, Variant, expect};
use thread_pool::{BuildError, cancel, model, panic, real, shutdown};

pub(crate) fn shutdown() -> Lesson {
    Lesson::new("shutdown", "what is queued when a pool ends, or the program does")
        .story(
            "Task 1 is at work, the others are queued. Main returns: nobody drops a static, \
             nobody waits for its pool.",
        )
        .source("thread-pool/src/shutdown.rs")
        .variants(shutdown_variants)
}

fn shutdown_variants() -> Vec<Variant> {
    use shutdown::{Ends, afterwards, lines, now, waits};
    const TASKS: usize = 50;
    const WORKERS: usize = 10;
    let child = |main: &str, wanted: &[&str], line: &str| -> Checked {
        let program = program().map_err(|error| error.to_string())?;
        let lines = lines(&program, main).map_err(|error| error.to_string())?;
        let printed = lines.join("; ");
        expect(lines, wanted.iter().map(ToString::to_string).collect(), line)
            .map(|report| report.fact("printed", printed))
    };
    let all = |ends: Result<Ends, BuildError>| {
        let ends = ends.map_err(refused)?;
        let line =
            format!("{TASKS} tasks, {} ended before it; when it returns, all have", ends.before);
        expect(ends, Ends { after: TASKS, handed_back: 0, dropped: 0, ..ends }, line)
    };
    Vec::from([
        Variant::breaks("left", move || {
            let line = "task 1 never ends; 2 and 3 never begin";
            child("left", &["task 1 begins", "main returns"], line)
        })
        .story(
            "The pool is in a static, which nobody drops: main \
                     returns, the process ends, and queued tasks are lost.",
        ),
        Variant::breaks("left-rayon", move || {
            child("left-to-rayon", &["task 1 begins", "main returns"], "rayon::spawn: the same")
        })
        .story(
            "Main returns while tasks are queued in rayon's global \
                     pool, which has no shutdown: they are lost as well.",
        ),
        Variant::holds("shut-down", move || {
            let wanted =
                ["task 1 begins", "task 1 ends", "task 2 ends", "task 3 ends", "main returns"];
            child("shut-down", &wanted, "main shuts the pool down first")
        })
        .story(
            "Main shuts the pool down before it returns: the \
                     workers run what is queued, and main joins them.",
        ),
        Variant::holds("waits", move || {
            all(waits(TASKS as u64, WORKERS, |pool| thread_pool::Pool::shutdown(&pool)))
        })
        .story(
            "`shutdown` closes the queue, lets the workers run everything in it, and joins them.",
        ),
        Variant::holds("drop", move || all(waits(TASKS as u64, WORKERS, drop))).story(
            "Dropping the pool is a shutdown: its destructor \
                     closes the queue and joins the workers.",
        ),
        Variant::holds("now", || {
            let (begun, queued) = (WORKERS, TASKS - WORKERS);
            let line = format!("{begun} were begun and end; {queued} are handed back, and dropped");
            let wanted = Ends { before: 0, after: begun, handed_back: queued, dropped: queued };
            expect(now(TASKS, WORKERS).map_err(refused)?, wanted, line)
        })
        .story(
            "`shutdown_now` takes the queued jobs out and hands \
                     them back; only jobs that have begun are waited for.",
        ),
        Variant::holds("afterwards", || {
            let wanted = Some((thread_pool::Reason::ShutDown, Some("lesson".to_owned())));
            expect(
                afterwards().map_err(refused)?,
                wanted,
                "one more is refused, handed back, and run here",
            )
        })
        .story(
            "A pool that was shut down rejects a job and \
                     hands it back to the submitter, which runs it.",
        ),
    ])
}

/// The number of the signal, on every system that this is for.
const SIGABRT: i32 = 6;

pub(crate) fn panic() -> Lesson {
    Lesson::new("panic", "a task that panics, and who hears of it")
        .story(
            "Four workers of a pool that catches nothing, four tasks that panic, and a fifth task.",
        )
        .source("thread-pool/src/panic.rs")
        .variants(panic_variants)
}

fn panic_variants() -> Vec<Variant> {
    use panic::{Caught, Left, caught, handler, ignored, passed_on, uncaught};
    let heard = |heard: Result<Option<&'static str>, BuildError>, wanted, line: &str| {
        expect(heard.map_err(refused)?, wanted, line)
    };
    Vec::from([
        Variant::breaks("uncaught", || {
            let line = "4 panics: 0 of 4 workers left, 1 job never run";
            expect(uncaught(), Left { workers: 0, queued: 1 }, line)
        })
        .story(
            "Nothing catches the panic of a task: it unwinds the \
                     worker's thread, and the pool has one worker less.",
        ),
        Variant::holds("caught", || {
            let wanted = Caught { payloads: vec![1, 2, 3, 4], workers: 4 };
            expect(
                caught().map_err(refused)?,
                wanted,
                "each handle has its panic; all 4 workers live",
            )
        })
        .story(
            "Each worker catches the panic of a task and stores \
                     it for the handle, so that the worker lives on.",
        ),
        Variant::holds("passed-on", move || {
            heard(
                passed_on(),
                Some("in the task"),
                "who asks for the result goes on with the panic",
            )
        })
        .story(
            "The thread that waits takes the panic from the handle \
                     and resumes it, as if it had called the task itself.",
        ),
        Variant::breaks("ignored", move || {
            heard(ignored(), None, "the handle was dropped: nobody heard of it")
        })
        .story(
            "The handle was dropped and the pool has no panic \
                     handler: the panic is caught, and nobody is told.",
        ),
        Variant::holds("handler", move || {
            heard(
                handler(),
                Some("in the task"),
                "the handle was dropped: the pool's handler heard of it",
            )
        })
        .story(
            "The handle was dropped, but the pool was built \
                     with `on_panic`, which is called with the payload.",
        ),
        Variant::breaks("rayon-spawn", || {
            let program = program().map_err(|error| error.to_string())?;
            let signal = panic::in_rayon(&program).map_err(|error| error.to_string())?;
            expect(signal, Some(SIGABRT), "the whole process is ended, by SIGABRT")
        })
        .story(
            "`rayon::spawn` has no caller to give a panic to, and \
                     aborts the process if the pool has no panic handler.",
        ),
        Variant::holds("rayon-scope", || {
            let line = "who opened the scope goes on with the panic";
            expect(panic::in_rayons_scope(), Some("in the task"), line)
        })
        .story(
            "rayon's `scope` waits for its tasks and resumes \
                     the panic of one on the thread that opened it.",
        ),
    ])
}

pub(crate) fn cancel() -> Lesson {
    Lesson::new("cancel", "a task that nobody wants any more, and time limits")
        .story(
            "Nothing stops a thread from outside. A task that is queued can be taken back; one \
             that runs has to ask.",
        )
        .source("thread-pool/src/{cancel,claim}.rs")
        .variants(cancel_variants)
}

fn cancel_variants() -> Vec<Variant> {
    use cancel::{Cancelled, Limited, Stopped, deadline, queued, running, token, wait_limit};
    let cancelled = |ended: Result<Cancelled, BuildError>, wanted: bool, line: &str| {
        let wanted = Cancelled { said: wanted, handle: wanted, ended: !wanted };
        expect(ended.map_err(refused)?, wanted, line)
    };
    let limited = |ended: Result<Limited, BuildError>, kept_its_worker, line: &str| {
        expect(ended.map_err(refused)?, Limited { passed: true, kept_its_worker }, line)
    };
    let meeting = || Some(Arc::new(Barrier::new(2)));
    let modelled =
        |form: Variant, run: fn(model::cancel_race::Meeting) -> model::cancel_race::Fate| {
            form.explored("2 threads", "do both", move || {
                let fate = run(None);
                assert!(fate.is_one(), "{fate:?}");
            })
        };
    Vec::from([
        Variant::holds("queued", move || {
            cancelled(queued(), true, "it never begins, and its handle says so")
        })
        .story(
            "A task that no worker has begun is cancelled: \
                     its handle is told at once, and it never runs.",
        ),
        Variant::breaks("running", move || {
            cancelled(running(), false, "cancel says no; it runs to its end")
        })
        .story(
            "A task that has begun cannot be cancelled from \
                     outside: it runs to its end and keeps its worker.",
        ),
        Variant::holds("token", || {
            let line = "asked for between two steps: it stopped after 3 of 100";
            expect(token().map_err(refused)?, Err(Stopped(3)), line)
        })
        .story(
            "The task checks a cancellation token between its \
                     steps, and returns when the caller has cancelled it.",
        ),
        Variant::breaks("wait-limit", move || {
            limited(wait_limit(), true, "the caller gave up; the task kept its worker")
        })
        .story(
            "A timeout for waiting ends the waiting only: the task runs on and keeps its worker.",
        ),
        Variant::holds("deadline", move || {
            limited(deadline(), false, "the task asked, and ended itself; the next one ran")
        })
        .story(
            "The task checks a token with a deadline and returns \
                     when it has passed, so that its worker is free again.",
        ),
        modelled(
            Variant::breaks("looked-first", move || {
                let both = real::cancel_race::Fate { cancelled: true, ran: true };
                expect(
                    real::cancel_race::looked_first(meeting()),
                    both,
                    "cancelled, says the caller; and it ran",
                )
            })
            .story(
                "Worker and caller each look whether the task is free \
                     and then take it, in two steps: both may take it.",
            ),
            model::cancel_race::looked_first,
        ),
        modelled(
            Variant::holds("one-step", move || {
                let fate = real::cancel_race::one_step(meeting());
                let line = format!("the {} had it", if fate.ran { "worker" } else { "caller" });
                expect(fate.is_one(), true, line)
            })
            .story(
                "Worker and caller take the task by one compare-and-swap \
                     of one word: exactly one of them succeeds.",
            ),
            model::cancel_race::one_step,
        ),
    ])
}

fn refused(refused: BuildError) -> String {
    refused.to_string()
}
