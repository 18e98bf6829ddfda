//! The lesson `thread-local`.

use singleton::per_thread::{in_a_static, in_a_value, in_turn};
use singleton::real::race::{Constructor, RaceResult};
use stage::{Lesson, Report, Variant};

use super::approach::{Threads, counted};

/// As a rule, the second thread is given what the first one has left.
const MOST: usize = 100;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("thread-local", "one for each thread")
        .story("No lock: each thread has its own, and gets it again when it asks twice.")
        .source("singleton/src/per_thread.rs")
        .variants_with(|threads: &Threads| {
            let threads = threads.count();
            let own = |name, run: fn(usize, &Constructor) -> RaceResult, line: &'static str| {
                Variant::holds(name, move || {
                    let result = run(threads, &Constructor::until_all_build(threads));
                    counted(&result, (threads, threads), line)
                })
            };
            let handed_on = Variant::breaks("handed-on", || {
                let threads =
                    in_turn(MOST).ok_or_else(|| format!("each of {MOST} built its own"))?;
                Ok(Report::new(format!(
                    "thread {threads} begins when those before have ended: it builds none, and has \
                     one of theirs"
                )))
            });
            [
                own("in-a-static", in_a_static, "each has its own, by std's thread_local!")
                    .story("std's thread_local! builds one each, dropped with its thread."),
                own("in-a-value", in_a_value, "each has its own, by the crate thread_local")
                    .story("The crate thread_local keeps one each, which outlive the threads."),
                handed_on.story(
                    "A thread that starts after another has ended is given that one's value.",
                ),
            ]
        })
}
