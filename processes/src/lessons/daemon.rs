//! What becomes of a child when its parent is killed.

use processes::daemon::{ParentDeath, killed, parent_ends, thread_ended, waited_for};
use processes::exit::Exit;
use stage::{Checked, Lesson, Variant, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("daemon", "what becomes of a child when its parent ends")
        .story("SIGKILL runs no handler: what is to end the child has to be arranged beforehand.")
        .source("processes/src/daemon.rs")
        .python("daemon")
        .variants(variants)
}

fn after(
    arranged: ParentDeath,
    lived_on: bool,
    child: Exit,
    line: &'static str,
) -> impl Fn() -> Checked + Send + Sync {
    let wanted = ([Exit::KILLED, child], lived_on);
    move || on_linux(|| expect(with_child(|program| killed(program, arranged))?, wanted, line))
}

fn variants() -> [Variant; 6] {
    let on = "it lives on, and answers below a new parent";
    let dies = "it asked for SIGKILL at its parent's death, and gets it";
    let ends = "its parent had the writing end of its input: it exits";
    [
        Variant::breaks("left-alone", after(ParentDeath::Ignored, true, Exit::SUCCESS, on))
            .story("Nothing ties the child to its parent: it survives that one's SIGKILL."),
        Variant::breaks("thread-ended", || {
            let line = "the thread that started it ended: killed";
            on_linux(|| expect(with_child(thread_ended)?, Exit::KILLED, line))
        })
        .story("PR_SET_PDEATHSIG watches the parent's thread: it ends, the child is killed."),
        Variant::holds("death-signal", after(ParentDeath::Signal, false, Exit::KILLED, dies))
            .story("The child asks for SIGKILL at that death, then checks its parent's PID."),
        Variant::holds("pipe", after(ParentDeath::Pipe, false, Exit::SUCCESS, ends))
            .story("The child reads a pipe that its parent alone writes to: it exits at its end."),
        Variant::holds("waited-for", || {
            let line = "the parent exits after the child";
            on_linux(|| expect(with_child(waited_for)?, Exit::SUCCESS, line))
        })
        .story("The parent waits for its child before it exits: it leaves no orphan."),
        Variant::holds("parent-ends", || {
            let line = "the parent sends SIGTERM, waits, then exits";
            let wanted = [Exit::SUCCESS, Exit::Signal(15)];
            on_linux(|| expect(with_child(parent_ends)?, wanted, line))
        })
        .story("The parent ends in order, and ends its child first, as Python ends a daemon."),
    ]
}
