//! Ten threads, counted inside the child and outside.

use processes::threads::{TEN, ThreadCounts, counted};
use stage::{Lesson, Variant, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("threads", "ten threads, counted inside the child and outside")
        .story("The kernel counts the threads that run; a program knows those that it has started.")
        .source("processes/src/threads.rs")
        .python("threads_in_child")
        .variants(variants)
}

fn variants() -> [Variant; 1] {
    let ten_and_main = || {
        let ThreadCounts { inside, outside, names, joined } = with_child(counted)?;
        let line = "ten and main: 11 inside, 11 outside, and 1 when the ten are joined";
        let main_is_first = names.len() == 11
            && names[1..].iter().eq(&(1..=TEN).map(|n| format!("t{n}")).collect::<Vec<_>>());
        let out = (inside, outside, joined, main_is_first);
        Ok(expect(out, (TEN + 1, TEN + 1, 1, true), line)?.fact("names", names.join(" ")))
    };
    [Variant::holds("ten", move || on_linux(ten_and_main))
        .story("The child starts ten threads and counts in /proc; its parent counts from outside.")]
}
