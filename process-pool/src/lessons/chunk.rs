//! The lesson `chunk`.

use process_pool::chunk::{ChunkCost, ChunkDelay, curve, cut, uncut};
use process_pool::model::chunk::{self as model, RunBy};
use stage::{Checked, Lesson, Report, Variant, duration, expect};

use super::{observe, run};

/// The splits of three tasks, each of which is run once.
const EACH_ONCE: [RunBy; 4] = [
    RunBy { first: 0, second: 3 },
    RunBy { first: 1, second: 2 },
    RunBy { first: 2, second: 1 },
    RunBy { first: 3, second: 0 },
];

pub(crate) fn lesson() -> Lesson {
    Lesson::new("chunk", "how many tasks go in one message, and where it pays")
        .story("Twenty tasks, the first of them long. Then the time per task, by chunk size.")
        .source("process-pool/src/{chunk,lesson_task}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    [
        Variant::breaks("cut-beforehand", || {
            let line = "4 tasks wait behind the long one; 1 worker idles";
            observe(cut, |delay| expect(delay, ChunkDelay { over: 15, waiting: 4 }, line))
        })
        .story("Twenty tasks in four chunks: what is behind the long one waits for it.")
        .explored_for(
            "2 workers, 2 chunks",
            "tasks left behind",
            "leave a task behind",
            [0],
            model::cut,
        ),
        Variant::holds("uncut", || {
            let line = "none waits for the long one: those behind it are returned to the queue";
            observe(uncut, |delay| expect(delay, ChunkDelay { over: 19, waiting: 0 }, line))
        })
        .story("The pool requests the return of the tasks that it has sent ahead.")
        .explored_for(
            "2 workers, 3 tasks",
            "",
            "lose or repeat a task",
            EACH_ONCE,
            model::uncut,
        ),
        Variant::holds("curve", || {
            run(
                |program| {
                    let (empty, short) = (curve(program, 0, 2000)?, curve(program, 20, 1000)?);
                    Ok::<_, process_pool::Error>([empty, short, curve(program, 1000, 50)?])
                },
                table,
            )
        })
        .story("The time per task by chunk size, for empty tasks, tasks of 20 µs and of 1 ms."),
    ]
}

/// Writes the curves side by side, a row for each chunk size.
fn table([empty, short, long]: [Vec<ChunkCost>; 3]) -> Checked {
    let row = |[empty, short, long]: [String; 3]| format!("{empty:>8} {short:>10} {long:>10}");
    let heads = ["empty", "of 20 µs", "of 1 ms"];
    let report = Report::measured("time per task, on two workers");
    let report = report.fact("tasks", row(heads.map(str::to_owned)));
    let rows = empty.iter().zip(&short).zip(&long);
    Ok(rows.fold(report, |report, ((empty, short), long)| {
        let size = empty.chunk.map_or_else(|| "default".to_owned(), |size| format!("chunk {size}"));
        let time =
            |cost: &ChunkCost| duration(u64::try_from(cost.a_task.as_nanos()).unwrap_or(u64::MAX));
        report.fact(size, row([empty, short, long].map(time)))
    }))
}
