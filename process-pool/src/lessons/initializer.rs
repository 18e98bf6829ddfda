//! The lesson `initializer`.

use process_pool::initializer::{TASKS, TableUse, WORKERS, fails, in_each_worker, in_the_caller};
use stage::{Lesson, Variant, expect};

use super::run;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("initializer", "what a worker does before its first task")
        .story(
            "Twenty tasks look something up in a table, which has to be made first, in each \
             process.",
        )
        .source("process-pool/src/{initializer,static_task}.rs")
        .python("initializer")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    [
        Variant::breaks("in-the-caller", || {
            run(in_the_caller, |TableUse { missed, workers }| {
                let none = match workers {
                    1 => "the only worker does not find it".to_owned(),
                    _ => format!("none of the {workers} workers finds it"),
                };
                expect(missed, workers, none)
            })
        })
        .story("The caller fills a static; a worker is a new process, and does not have it."),
        Variant::holds("in-each-worker", || {
            let line = format!("{TASKS} tasks on at most {WORKERS} workers, and all find it");
            run(in_each_worker, |TableUse { missed, .. }| expect(missed, 0, line))
        })
        .story("The initializer fills the static in each worker, before its first task."),
        Variant::holds("fails", || {
            run(fails, |why: String| {
                let line = "it panics: there is no pool, and the error gives the reason";
                let told = why.contains("the initializer failed") && why.contains("no licence");
                Ok(expect(told, true, line)?.fact("error", why.replace('\n', " ")))
            })
        })
        .story("An initializer that panics in every worker is an error of build."),
    ]
}
