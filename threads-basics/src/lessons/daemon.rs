//! `daemon`: what becomes of a thread when main returns.

use kit::child::Entry;
use stage::{Checked, Lesson, Report, Variant};
use threads_basics::daemon::{DETACHED, JOINED, STOP_FLAG, lines};

use super::with_children;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("daemon", "what becomes of a thread when main returns")
        .story(
            "Each variant is a child process. What it printed before its end is below it, and so is \
             what never came.",
        )
        .python("daemon")
        .source("threads-basics/src/daemon.rs")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    [
        Variant::breaks("detached", || {
            let line = "t1 is gone with main, in the middle of its work";
            printed(DETACHED, &["t1: begins", "main: returns"], line)
                .map(|report| report.fact("never came", "t1: puts its things away"))
        })
        .story("Main returns without a join: the process ends, and no destructor of t1 runs."),
        Variant::holds("joined", || {
            let wanted = [
                "t1: begins",
                "main: joins t1",
                "t1: its last line",
                "t1: puts its things away",
                "main: returns",
            ];
            printed(JOINED, &wanted, "main returns after t1 has ended")
        })
        .story("Main joins t1 before it returns, so that t1 comes to its end."),
        Variant::holds("stop-flag", || {
            let wanted = [
                "t1: begins",
                "main: sets the flag",
                "t1: has seen the flag",
                "t1: puts its things away",
                "main: returns",
            ];
            printed(STOP_FLAG, &wanted, "t1 ends in order, when told to")
        })
        .story("Main sets a flag, unparks t1 and joins it: t1 ends between two of its steps."),
    ]
}

fn printed(main: Entry, wanted: &[&str], line: &str) -> Checked {
    let lines = with_children(|program| lines(program, main))?;
    if lines != wanted {
        return Err(format!("the child printed {lines:?}"));
    }
    let lines = lines.iter().zip(["printed"].into_iter().chain(std::iter::repeat("")));
    Ok(lines.fold(Report::new(line), |report, (line, label)| report.fact(label, line)))
}
