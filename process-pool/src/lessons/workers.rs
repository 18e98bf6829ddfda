//! The lessons on workers: made ready, replaced, and beside threads.

use process_pool::initializer::{self, TASKS, Tables, WORKERS};
use process_pool::retire::{self, Workers};
use process_pool::versus_threads::{self as versus, Cost, Rivals};
use stage::{Lesson, Report, Variant, duration, expect, grouped};

use super::ran;

pub(crate) fn initializer() -> Lesson {
    Lesson::new("initializer", "what a worker does before its first task")
        .story(
            "Twenty tasks look something up in a table, which has to be made first, in each \
             process.",
        )
        .source("process-pool/src/initializer.rs")
        .variants(initializer_variants)
}

fn initializer_variants() -> Vec<Variant> {
    Vec::from([
        Variant::breaks("in-the-caller", || {
            let Tables { missed, workers } = ran(initializer::in_the_caller)?;
            let line = format!("found by {} of {workers} workers", workers.saturating_sub(missed));
            expect(missed, workers, line)
        })
        .story(
            "The caller fills a static before it makes the pool; a worker is a new \
                    process, and does not have it.",
        ),
        Variant::holds("in-each-worker", || {
            let Tables { missed, .. } = ran(initializer::in_each_worker)?;
            let line = format!("{TASKS} tasks on at most {WORKERS} workers, and all find it");
            expect(missed, 0, line)
        })
        .story(
            "The initializer runs once in each worker, before its first task, and fills \
                    the static there.",
        ),
        Variant::holds("fails", || {
            let why = ran(|program| Ok::<_, String>(initializer::fails(program)))?;
            let why = why.ok_or("there was a pool")?;
            expect(
                why.contains("no licence"),
                true,
                "it panics: there is no pool, and the error says why",
            )
            .map(|report| report.fact("error", why.replace('\n', " ")))
        })
        .story(
            "An initializer that panics in every worker is an error of build, with the \
                    panic's message.",
        ),
    ])
}

pub(crate) fn retire() -> Lesson {
    Lesson::new("retire", "workers that are replaced after so many tasks")
        .story("Twelve tasks, each of which leaks 1 MiB. Python's pool calls it maxtasksperchild.")
        .source("process-pool/src/retire.rs")
        .variants(retire_variants)
}

fn retire_variants() -> Vec<Variant> {
    let form = |out: Workers, leaked: fn(&Workers) -> bool, line: String| {
        if !leaked(&out) {
            return Err(format!("{out:?}"));
        }
        let by: Vec<_> = out.ran.iter().map(|(pid, tasks)| format!("{pid}:{tasks}")).collect();
        Ok(Report::new(line).fact("pid:tasks", by.join(", ")))
    };
    Vec::from([
        Variant::breaks("stays", move || {
            let out = ran(|program| retire::run(program, None))?;
            let line = format!("{} MiB leaked in one worker, and growing", out.leaked);
            form(
                out,
                |out| out.leaked >= retire::TASKS / 2 && out.ran.len() <= retire::WORKERS,
                line,
            )
        })
        .story("A worker that stays keeps everything that its tasks leak."),
        Variant::holds("retires", move || {
            let out = ran(|program| retire::run(program, Some(2)))?;
            let line =
                format!("2 tasks each: never more than {} MiB leaked in one worker", out.leaked);
            let two_each = |out: &Workers| {
                let retired = out.ran.iter().filter(|(_, tasks)| *tasks == 2).count();
                out.leaked == 2
                    && retired + 2 >= out.ran.len()
                    && out.ran.iter().all(|(_, tasks)| *tasks <= 2)
            };
            form(out, two_each, line)
        })
        .story(
            "Each worker is replaced after two tasks; what they leaked is returned to the \
                    system with it.",
        ),
    ])
}

pub(crate) fn versus_threads() -> Lesson {
    Lesson::new("versus-threads", "where processes win against threads, and where they lose")
        .story(
            "They win where a task may crash, or takes a lock of the whole process. The price \
             is a message for each task.",
        )
        .source("process-pool/src/versus_threads.rs")
        .variants(versus_threads_variants)
}

fn versus_threads_variants() -> Vec<Variant> {
    /// The number of the signal, on every system that this is for.
    const SIGABRT: i32 = 6;
    Vec::from([
        Variant::breaks("abort-on-threads", || {
            let line = "1 task aborts, and the program with it";
            expect(ran(versus::abort_on_a_thread)?, (Some(SIGABRT), 0), line)
        })
        .story(
            "Ten tasks run on threads of one process; the one that aborts ends the process \
                    and all of them.",
        ),
        Variant::holds("abort-in-a-process", || {
            let (done, said) = ran(versus::abort_in_a_process)?;
            expect((done, said.is_some()), (9, true), "1 task aborts; the other nine are done")
                .map(|report| report.fact("error", said.unwrap_or_default()))
        })
        .story(
            "Ten tasks run in two processes; the one that aborts ends its worker, which \
                    the pool replaces.",
        ),
        Variant::breaks("lock-on-threads", || {
            expect(versus::lock_on_threads(), 1, "one lock, like Python's GIL: 1 at work")
        })
        .story(
            "Two threads need a lock of the whole process, so one of them waits for the \
                    other.",
        ),
        Variant::holds("lock-in-processes", || {
            expect(ran(versus::lock_in_processes)?, 2, "each process has its own: 2 at work")
        })
        .story(
            "Each process has its own copy of the lock, so both tasks are in their \
                    critical sections at once.",
        ),
        Variant::holds("cost", || {
            let rivals = ran(Rivals::new)?;
            let costs = [
                ("empty, one by one", rivals.one_by_one(100)),
                ("empty, many in flight", rivals.many_in_flight(2000)),
                ("with 1 MiB of text", rivals.large(1 << 20, 20)),
            ];
            let report = Report::measured("time per task, two threads and two processes");
            let report = report.fact("tasks", format!("{:>8} {:>9}", "threads", "processes"));
            costs.into_iter().try_fold(report, |report, (label, cost)| {
                let Cost { threads, processes } = cost.map_err(|error| error.to_string())?;
                let time = |time: std::time::Duration| {
                    duration(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
                };
                let times = processes.as_secs_f64() / threads.as_secs_f64();
                let times = if times < 10.0 {
                    format!("{times:.1}")
                } else {
                    grouped(times.round() as i64)
                };
                Ok(report
                    .fact(label, format!("{:>8} {:>9}  {times} ×", time(threads), time(processes))))
            })
        })
        .story(
            "The time per task on two threads with a channel, and in two processes that \
                    are sent messages.",
        ),
    ])
}
