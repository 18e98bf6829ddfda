//! A process is asked to stop, and killed after a timeout.

use std::time::Duration;

use processes::exit::Exit;
use processes::signals::{OnTerm, only_the_child, stopped, whole_group};
use stage::{Checked, Lesson, Variant, expect};

use super::{on_linux, with_child};

/// The timeout for a child that will stop: it needs some milliseconds.
const LONG: Duration = Duration::from_secs(15);
/// The timeout for a child that will not, however long.
const SHORT: Duration = Duration::from_millis(100);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("signals", "asked to stop, and killed after a timeout")
        .story("SIGTERM asks, SIGKILL does not. A signal goes to one process, or to a group.")
        .source("processes/src/signals.rs")
        .python("stop")
        .variants(variants)
}

fn stops(on_term: OnTerm, timeout: Duration, exit: Exit, line: impl Into<String>) -> Checked {
    let killed = on_term == OnTerm::Ignores;
    let last = (on_term == OnTerm::CleansUp).then(|| "cleaned up".to_owned());
    let out = with_child(|program| stopped(program, on_term, timeout))?;
    expect(out, ((exit, killed), last), line)
}

fn variants() -> [Variant; 5] {
    [
        Variant::breaks("unprepared", || {
            stops(OnTerm::Default, LONG, Exit::Signal(15), "SIGTERM ends it: it has not cleaned up")
        })
        .story("The child has no handler for SIGTERM: it ends before it can clean up."),
        Variant::breaks("only-the-child", || {
            let line = "it is killed, its own child lives on";
            on_linux(|| expect(with_child(only_the_child)?, [Exit::KILLED, Exit::SUCCESS], line))
        })
        .story("SIGKILL goes to the child's PID alone: the child's own child survives."),
        Variant::holds("in-order", || {
            let line = "SIGTERM is a request: it cleans up, and exits with code 0";
            stops(OnTerm::CleansUp, LONG, Exit::SUCCESS, line)
        })
        .story("The child handles SIGTERM as a request: it cleans up and exits with code 0."),
        Variant::holds("time-limit", || {
            let ms = SHORT.as_millis();
            let line = format!("it does not react to SIGTERM; SIGKILL follows after {ms} ms");
            stops(OnTerm::Ignores, SHORT, Exit::KILLED, line)
        })
        .story("The child does not react to SIGTERM: after a timeout, its parent sends SIGKILL."),
        Variant::holds("whole-group", || {
            let line = "a signal to its group: its own child is gone too";
            on_linux(|| expect(with_child(whole_group)?, [Exit::KILLED; 2], line))
        })
        .story("SIGKILL goes to the process group: the child and its own child end together."),
    ]
}
