//! The lesson `versus-threads`.

use process_pool::versus_threads::{
    Cost, Rivals, abort_in_a_process, abort_on_a_thread, lock_in_processes, lock_on_threads,
};
use stage::{Checked, Lesson, Report, Variant, duration, expect, grouped};

use super::{observe, run};

/// The number of the signal, on every system that this is for.
const SIGABRT: i32 = 6;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("versus-threads", "where processes win against threads, and where they lose")
        .story(
            "They win where a task may crash, or acquires a lock of the whole process. The price \
             is a message for each task.",
        )
        .source("process-pool/src/versus_threads.rs")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    [
        Variant::breaks("abort-on-threads", || {
            let line = "1 task aborts, and the program with it";
            run(abort_on_a_thread, |ended| expect(ended, (Some(SIGABRT), 0), line))
        })
        .story("Ten tasks run on threads of one process, which the one that aborts ends."),
        Variant::holds("abort-in-a-process", || {
            run(abort_in_a_process, |(done, error)| {
                let error = error.unwrap_or_default();
                let came = (done, error.contains("SIGABRT"));
                let line = "1 task aborts; the other nine are done";
                Ok(expect(came, (9, true), line)?.fact("error", error))
            })
        })
        .story("Ten tasks run in two processes: the one that aborts ends its worker alone."),
        Variant::breaks("lock-on-threads", || {
            expect(lock_on_threads(), 1, "one lock, like Python's GIL: 1 at work")
        })
        .story("Two threads need a lock of the whole process, so one of them waits for the other."),
        Variant::holds("lock-in-processes", || {
            let line = "each process has its own: 2 at work";
            observe(lock_in_processes, |inside| expect(inside, 2, line))
        })
        .story("Each process has its own copy of the lock, so both tasks are inside at once."),
        Variant::holds("cost", || run(Rivals::new, costs))
            .story("The time per task on two threads with a channel, and in two processes."),
    ]
}

fn costs(rivals: Rivals) -> Checked {
    let costs = [
        ("empty, one by one", rivals.empty(100, 1)),
        ("empty, many in flight", rivals.empty(2000, 2000)),
        ("with 1 MiB of text", rivals.large(1 << 20, 20)),
    ];
    let report = Report::measured("time per task, two threads and two processes");
    let report = report.fact("tasks", format!("{:>8} {:>9}", "threads", "processes"));
    let time =
        |time: std::time::Duration| duration(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    costs.into_iter().try_fold(report, |report, (label, cost)| {
        let Cost { threads, processes } = cost.map_err(|error| error.to_string())?;
        let times = processes.as_secs_f64() / threads.as_secs_f64();
        let times =
            if times < 10.0 { format!("{times:.1}") } else { grouped(times.round() as i64) };
        let row = format!("{:>8} {:>9}  {times} ×", time(threads), time(processes));
        Ok(report.fact(label, row))
    })
}
