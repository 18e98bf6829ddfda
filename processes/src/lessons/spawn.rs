//! Spawn: the child is a program that begins at its beginning.

use std::io;

use processes::start::{Method, in_an_argument, over_a_pipe};
use stage::{Lesson, Variant, expect};

use super::fork_server::list_after;
use super::with_child;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("spawn", "the child is a program that begins at its beginning")
        .story("What it needs to know is sent to it over a pipe, as JSON.")
        .source("processes/src/start/spawn.rs")
        .python("start_methods")
        .python("pickled_by_name")
        .python("main_guard")
        .variants(variants)
}

/// Returns a list that is 1.1 MB as text: longer than any system lets an argument be.
fn long() -> Vec<u32> {
    (4_000_000_000..4_000_100_000).collect()
}

fn variants() -> [Variant; 4] {
    [
        Variant::breaks("not-handed-over", || {
            list_after(Method::Spawn, false, &[], "the child finds a list of its own, empty")
        })
        .story("The child is a new program: its list is empty, whatever its parent's holds."),
        Variant::holds("handed-over", || {
            list_after(Method::Spawn, true, &[], "what is handed over arrives, and nothing else")
        })
        .story("The parent sends the list over a pipe: the child has what it was sent, no more."),
        Variant::breaks("in-an-argument", || {
            let too_long = with_child(|program| match in_an_argument(program, long()) {
                Err(error) if error.kind() == io::ErrorKind::ArgumentListTooLong => Ok(true),
                other => other.map(|_| false),
            })?;
            expect(too_long, true, "100 000 numbers: the child is not started")
        })
        .story("The list is an argument: above 128 KiB (on Linux), exec fails with E2BIG."),
        Variant::holds("over-a-pipe", || {
            let handed = with_child(|program| over_a_pipe(program, long()))?.handed;
            let whole = handed == [long(), vec![5]].concat();
            let line = "100 000 numbers arrive, and come back with one more";
            expect((handed.len(), whole), (100_001, true), line)
        })
        .story("The list goes over a pipe to the child's standard input, which has no such limit."),
    ]
}
