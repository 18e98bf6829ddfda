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
        deadlocks("no-reader", no_reader)
            .story("A process opens the FIFO to write, and none reads: it blocks for ever."),
        holds("by-name", by_name, is("hello", "a reader and a writer, and a path: hello"))
            .story("A reader and a writer open the same path: each open waits for the other one."),
        holds(
            "asked-first",
            asked_first,
            is("no reader", "opened without waiting, it says at once: no reader"),
        )
        .story("The writer opens it with O_NONBLOCK: without a reader it fails (ENXIO)."),
        breaks("early-end", early_end, is("one", "the input ended with the first of two writers"))
            .story("The first writer exits before the second comes: the input ends there."),
        holds(
            "kept-open",
            kept_open,
            is("one two", "the reader has it open to write, too: both came"),
        )
        .story("The reader has the FIFO open to write as well, so its input never lacks a writer."),
    ]
}
