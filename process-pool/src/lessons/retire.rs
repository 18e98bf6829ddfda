//! The lesson `retire`.

use process_pool::retire::{Leaks, TASKS, WORKERS, run};
use stage::{Checked, Lesson, Report, Variant};

use super::observe;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("retire", "workers that are replaced after a number of tasks")
        .story("Twelve tasks, each of which leaks 1 MiB. Python's pool calls it maxtasksperchild.")
        .source("process-pool/src/{retire,static_task}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::breaks("stays", || {
            observe(
                |observer| run(observer, None),
                |leaks| {
                    let line = format!("{} MiB leaked in one worker, and growing", leaks.leaked);
                    let grows = leaks.leaked >= TASKS / 2 && leaks.ran.len() <= WORKERS;
                    leaked(&leaks, grows, line)
                },
            )
        })
        .story("A worker that stays keeps everything that its tasks leak."),
        Variant::holds("retires", || {
            observe(
                |observer| run(observer, Some(2)),
                |leaks| {
                    let most = leaks.leaked;
                    let line = format!("2 tasks each: at most {most} MiB leaked in one worker");
                    let retired = leaks.ran.iter().filter(|(_, tasks)| *tasks == 2).count();
                    let bounded = most == 2 && leaks.ran.iter().all(|(_, tasks)| *tasks <= 2);
                    leaked(&leaks, bounded && retired + WORKERS >= leaks.ran.len(), line)
                },
            )
        })
        .story("Each worker is replaced after two tasks, and what they leaked goes with it."),
    ]
}

fn leaked(leaks: &Leaks, right: bool, line: String) -> Checked {
    if !right {
        return Err(format!("{leaks:?}"));
    }
    let by: Vec<_> = leaks.ran.iter().map(|(pid, tasks)| format!("{pid}:{tasks}")).collect();
    Ok(Report::new(line).fact("pid:tasks", by.join(", ")))
}
