use process_sharing::unnamed_pipe::{PIPE_BUF, TwoWriters, no_reader, one_way, two_writers};
use stage::{Checked, Lesson, Report, Variant, expect, grouped};

use super::{breaks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("unnamed-pipe", "a pipe from a child to its parent, and a pipe with two writers")
        .story(
            "A pipe has room for a part of one writer's message. Another writer writes three bytes \
             before the first goes on.",
        )
        .source("process-sharing/src/unnamed_pipe.rs")
        .python("one_way_pipe")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        breaks(
            "mixed",
            |program| two_writers(program, None),
            |out| {
                let [('a', first), ('b', 3), ('a', rest)] = out.runs[..] else {
                    return Err(format!("{out:?}: it is not split"));
                };
                expect(first + rest, out.length, "both parts are the whole line")?;
                shown(&out, "the other writer's message is in the middle of it")
            },
        )
        .story("A message longer than PIPE_BUF is written in parts: another one gets in between."),
        holds(
            "whole",
            |program| two_writers(program, Some(PIPE_BUF)),
            |out| {
                let mut runs = out.runs.clone();
                runs.sort_unstable();
                expect(runs, vec![('a', PIPE_BUF), ('b', 3)], "each line is in one piece")?;
                shown(&out, "each message came in one piece")
            },
        )
        .story("A message of PIPE_BUF bytes is atomic: all of it is written, or none."),
        holds(
            "one-way",
            one_way,
            is(
                ("hello".into(), [true; 2]),
                "hello, then the end; the other direction is refused (EBADF)",
            ),
        )
        .story("A child inherits the writing end: one way, and the input ends with it."),
        holds(
            "no-reader",
            no_reader,
            is("EPIPE", "a write that no process can read is an error at once"),
        )
        .story("The last reading end is closed: a write fails with EPIPE, and SIGPIPE is sent."),
    ]
}

fn shown(out: &TwoWriters, line: &str) -> Checked {
    let runs: Vec<_> =
        out.runs.iter().map(|(byte, length)| format!("{} {byte}", grouped(*length))).collect();
    let report = Report::new(line).fact("message", format!("{} bytes", grouped(out.length)));
    Ok(report.fact("read", runs.join(", ")))
}
