//! The rest of row 14: how a pool ends, where a callback runs, what a lock is for.

use std::process::id;

use process_pool::Pool;
use process_pool::act::How;
use process_pool::callback::{self, Behind, Processes};
use process_pool::lock::{self, Sum};
use process_pool::shutdown::{self, Ends, TASKS, WORKERS};
use stage::{Checked, Lesson, Report, Variant, expect, grouped};

use super::ran;

pub(crate) fn shutdown() -> Lesson {
    Lesson::new("shutdown", "what becomes of tasks when their pool ends, or the program does")
        .story(
            "Ten tasks, four workers. A task that runs is finished or killed; one that is \
             queued is run, or its handle gets an error.",
        )
        .source("process-pool/src/shutdown.rs")
        .variants(shutdown_variants)
}

fn shutdown_variants() -> Vec<Variant> {
    let ended = |ends: Result<Ends, String>, done, line: String| {
        expect(ends?, Ends { done, closed: TASKS - done, others: 0 }, line)
    };
    let all = move |end: fn(Pool<process_pool::job::Job>), line: String| {
        ended(ran(|program| shutdown::all(program, end)), TASKS, line)
    };
    Vec::from([
        Variant::breaks("left", || {
            let printed = ran(shutdown::left)?;
            let said = printed.join("; ");
            let wanted = ["task 1 is at work", "main returns"].map(str::to_owned).to_vec();
            let line = "main returns: task 1 is cut off, 2 and 3 lost";
            expect(printed, wanted, line).map(|report| report.fact("the program printed", said))
        })
        .story(
            "A pool in a static is never dropped: when main returns, its workers end in \
                    the middle of a task.",
        ),
        Variant::holds("wait", move || {
            all(Pool::shutdown, format!("shutdown returns when all {TASKS} are run"))
        })
        .story(
            "shutdown accepts no more tasks, and waits until every queued and running task \
                    has a result.",
        ),
        Variant::holds("drop", move || {
            all(drop, format!("the drop ends when all {TASKS} are run"))
        })
        .story(
            "A pool that goes out of scope is shut down: its drop waits until every \
                        task has a result.",
        ),
        Variant::holds("now", move || {
            let queued = TASKS - WORKERS;
            let line =
                format!("the {WORKERS} that run are finished; {queued} get an error: closed");
            ended(ran(shutdown::now), WORKERS, line)
        })
        .story(
            "shutdown_now waits for the tasks that run; the handles of queued tasks get an \
                    error.",
        ),
        Variant::holds("terminate", move || {
            let line =
                format!("the {WORKERS} that run are killed; all {TASKS} get an error: closed");
            ended(ran(shutdown::terminated), 0, line)
        })
        .story(
            "terminate kills the workers in the middle of their tasks, and every handle \
                    gets an error.",
        ),
    ])
}

pub(crate) fn callback() -> Lesson {
    Lesson::new("callback", "a callback on completion, and which process it runs in")
        .story(
            "A task runs in a worker process, and cannot reach the caller's memory. Its \
             callback can.",
        )
        .source("process-pool/src/callback.rs")
        .variants(callback_variants)
}

fn callback_variants() -> Vec<Variant> {
    let behind = |ran: Result<Behind, String>, called, line: &str| {
        expect(ran?, Behind { task_ended: true, called }, line)
    };
    Vec::from([
        Variant::breaks("in-the-task", || {
            let Processes { tasks, total, .. } = ran(callback::in_the_task)?;
            let away = !tasks.is_empty() && !tasks.contains(&id());
            expect((total, away), (0, true), "the caller's static is still 0")
                .map(|report| report.fact("tasks ran in", pids(&tasks)))
        })
        .story(
            "Each task adds to a static, which is the worker's own: the caller's copy \
                    never changes.",
        ),
        Variant::holds("in-the-callback", || {
            let Processes { tasks, callbacks, thread, total } = ran(callback::in_the_callback)?;
            let away = !tasks.is_empty() && !tasks.contains(&id());
            let report = expect(
                (total, away, &callbacks),
                (55, true, &vec![id()]),
                "the ten callbacks add up to 55",
            )?;
            Ok(report.fact("tasks ran in", pids(&tasks)).fact(
                "callbacks ran in",
                format!("{}, the caller, thread \"{thread}\"", pids(&callbacks)),
            ))
        })
        .story(
            "A callback runs in the caller's process, where it reaches the total that a \
                    task cannot.",
        ),
        Variant::holds("set-after", || {
            let line = "set when the task was over: run at once, by the caller";
            expect(
                ran(callback::afterwards)?,
                std::thread::current().name().map(str::to_owned),
                line,
            )
        })
        .story(
            "A callback that is set on a finished task runs at once, on the thread that \
                    sets it.",
        ),
        Variant::breaks("slow", move || {
            behind(ran(callback::slow), false, "task 2 runs, but its callback waits")
        })
        .story(
            "All callbacks share one thread: a slow callback delays the next one, although \
                    both tasks are done.",
        ),
        Variant::holds("handed-on", move || {
            behind(ran(callback::handed_on), true, "a new thread does the slow part: nobody waits")
        })
        .story(
            "The callback starts a thread for the slow part and returns, so the next \
                    callback runs at once.",
        ),
        Variant::holds("waits", || {
            let line = "waits for a task of its own pool, and gets its result";
            expect(ran(callback::waits)?, 12, line)
        })
        .story(
            "A callback waits for another task: no worker waits with it, since callbacks \
                    have their own thread.",
        ),
    ])
}

fn pids(pids: &[u32]) -> String {
    pids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

pub(crate) fn lock() -> Lesson {
    Lesson::new("lock", "a number that all workers add to, and a lock that they share")
        .story(
            "A gate holds each of two tasks between its read and its write, so that both read \
             the same number.",
        )
        .source("process-pool/src/lock.rs")
        .variants(lock_variants)
}

fn lock_variants() -> Vec<Variant> {
    let summed = |sum: Result<Sum, String>, came_to, line: &str| {
        expect(sum?, Sum { added: 10, came_to }, line)
    };
    let at_full_speed = |report: Report, (label, how)| {
        let Sum { added, came_to } = ran(|program| lock::at_full_speed(program, how))?;
        let lost = grouped(added as i64 - came_to as i64);
        if how != How::Bare && added != came_to {
            return Err(format!("of {added} additions {lost} were lost"));
        }
        Ok(report.fact(label, format!("{lost} of {} additions lost", grouped(added as i64))))
    };
    Vec::from([
        Variant::breaks("without", move || {
            let line = "10 additions came to 5: each pair lost one";
            summed(ran(lock::without), 5, line)
        })
        .story(
            "Both tasks read the same number before either writes, so one of two additions \
                    is lost.",
        ),
        Variant::holds("with", move || {
            let line = "10 came to 10: one waits until the other has written";
            summed(ran(lock::with), 10, line)
        })
        .story("A lock in shared memory makes the read and the write one critical section."),
        Variant::holds("in-one-step", move || {
            let line = "10 came to 10: fetch_add needs no lock";
            summed(ran(lock::in_one_step), 10, line)
        })
        .story(
            "fetch_add reads and writes in one atomic operation, so there is no window \
                 between the two.",
        ),
        Variant::holds("at-full-speed", move || {
            let ways =
                [("without", How::Bare), ("with", How::Locked), ("in one step", How::Atomic)];
            let line = "no addition is lost with the lock, or in one step";
            ways.into_iter().try_fold(Report::new(line), at_full_speed)
        })
        .story(
            "Four workers add without a gate: how many additions are lost, and that the lock \
                 loses none.",
        ),
        Variant::holds("owner-dies", || -> Checked {
            if cfg!(not(target_os = "linux")) {
                return Ok(Report::not_here("this system has no robust locks: the lock is lost"));
            }
            let wanted = (true, Sum { added: 100, came_to: 100 });
            expect(
                ran(lock::owner_dies)?,
                wanted,
                "killed with the lock: the next one gets it, and is told",
            )
        })
        .story(
            "A robust mutex passes to the next process when its owner is killed, and reports \
                 the death.",
        ),
    ])
}
