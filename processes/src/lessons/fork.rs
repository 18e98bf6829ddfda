//! Fork: the child begins as a copy of its parent.

use processes::start::{Leaves, Method, lines_written};
use stage::{Checked, Lesson, Variant, expect};

use super::fork_server::list_after;
use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("fork", "the child begins as a copy of its parent")
        .story("It finds its parent's list, and appends 5 to a copy. The parent has one thread.")
        .source("processes/src/start/fork.rs")
        .python("start_methods")
        .variants(variants)
}

fn lines(child: Leaves, wanted: [usize; 2], line: &'static str) -> Checked {
    on_linux(|| expect(with_child(|program| lines_written(program, child))?, wanted, line))
}

fn variants() -> [Variant; 4] {
    [
        Variant::holds("copied", || {
            let line = "all that the parent had is there, as a copy";
            on_linux(|| list_after(Method::Fork, false, &[20, 30, 10], line))
        })
        .story("The child begins with a copy of its parent's memory: it appends to its own list."),
        Variant::breaks("returns", || {
            lines(Leaves::ByReturn, [2, 2], "two lines arrive twice: the child returned too")
        })
        .story("The child returns into its parent's code and flushes the copied buffer once more."),
        Variant::breaks("exit", || {
            lines(Leaves::ByExit, [1, 2], "what the parent registered for its end runs twice")
        })
        .story("The child calls exit, which runs what its parent has registered with atexit."),
        Variant::holds("at-once", || {
            lines(Leaves::AtOnce, [1, 1], "each arrives once: the child ended by _exit")
        })
        .story("The child ends by _exit, which flushes no buffer and runs no registered function."),
    ]
}
