use process_sharing::fifo::{asked_first, by_name, early_end, kept_open, no_reader};
use stage::{Lesson, Variant};

use super::{breaks, deadlocks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("fifo", "a named pipe between processes that are no relatives")
        .story(
            "They share nothing but a path. An open of one end blocks until another process opens \
             the other end.",
        )
        .source("process-sharing/src/fifo.rs")
        .python("named_pipe")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        deadlocks(
            "no-reader",
            "A process opens the FIFO to write, and no process reads: the open blocks for ever.",
            no_reader,
        ),
        holds(
            "by-name",
            "A reader and a writer open the same path: each open waits for the other one.",
            by_name,
            is("hello", "a reader and a writer, and a path: hello"),
        ),
        holds(
            "asked-first",
            "The writer opens it with O_NONBLOCK: without a reader the open fails at once (ENXIO).",
            asked_first,
            is("no reader", "opened without waiting, it says at once: no reader"),
        ),
        breaks(
            "early-end",
            "The first writer exits before the second comes: without a writer, the input ends.",
            early_end,
            is("one", "the input ended with the first of two writers"),
        ),
        holds(
            "kept-open",
            "The reader has the FIFO open to write as well, so its input never lacks a writer.",
            kept_open,
            is("one two", "the reader has it open to write, too: both came"),
        ),
    ]
}
