//! `a | b` by hand.

use processes::exit::Exit;
use processes::pipeline::{closed, kept_open, reader_gone, reader_kept};
use stage::{Lesson, Variant, expect};

use super::with_child;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("pipeline", "`a | b` by hand")
        .story("b reads to the end of its input, which comes when no process can write.")
        .source("processes/src/pipeline.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    [
        Variant::deadlocks("kept-open", || with_child(kept_open))
            .story("The parent keeps a copy of the writing end: the input of b never ends."),
        Variant::deadlocks("reader-kept", || with_child(reader_kept))
            .story("The parent keeps a copy of the reading end: a blocks on it, without EPIPE."),
        Variant::holds("closed", || {
            let wanted = ("3 lines".into(), [Exit::SUCCESS; 2]);
            let line = "the parent keeps no end: b counts 3 lines up to the end";
            expect(with_child(|program| closed(program, 3))?, wanted, line)
        })
        .story("The parent closes both ends after the start: b's input ends when a exits."),
        Variant::holds("reader-gone", || {
            let exits = [Exit::Code(1), Exit::SUCCESS];
            let line = "b exits after a line; a's next write fails: code 1";
            expect(with_child(reader_gone)?, ("line 1".into(), exits), line)
        })
        .story("b exits after a line, and has the only reading end: a's next write fails (EPIPE)."),
    ]
}
