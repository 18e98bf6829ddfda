//! What outlives a terminal that is closed.

use processes::daemonize::{AfterHangup, Detaches, closed, no_terminal};
use processes::exit::Exit;
use stage::{Checked, Lesson, Report, Variant, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("daemonize", "the terminal is closed: what survives?")
        .story("A shell has started a process. The kernel sends SIGHUP when the terminal closes.")
        .source("processes/src/daemonize.rs")
        .python("daemonize")
        .variants(variants)
}

/// Closes the terminal; `had` is whether the process leads a session, and has a terminal.
fn hung_up(detaches: Detaches, had: (bool, bool), lives: bool, line: &str) -> Checked {
    on_linux(|| {
        if let Some(error) = no_terminal() {
            return Ok(Report::not_here(format!("no pseudo-terminal can be opened: {error}")));
        }
        let hung_up = Exit::Signal(1);
        let wanted = AfterHangup {
            shell: hung_up,
            leader: had.0,
            terminal: had.1,
            lived_on: lives,
            exit: if lives { Exit::SUCCESS } else { hung_up },
        };
        expect(with_child(|program| closed(program, detaches))?, wanted, line)
    })
}

fn variants() -> [Variant; 5] {
    let of = |detaches, had, lives, line| move || hung_up(detaches, had, lives, line);
    let lives = "it lives on; a write to the terminal fails: EIO";
    [
        Variant::breaks(
            "in-the-session",
            of(Detaches::Not, (false, true), false, "SIGHUP ends the shell, then the process"),
        )
        .story("The process is in the foreground group of its shell's session: SIGHUP ends it."),
        Variant::breaks(
            "one-fork",
            of(Detaches::ByOneFork, (true, true), false, "opening a terminal made it its own"),
        )
        .story("setsid makes it a session's leader: a terminal that it opens becomes its own."),
        Variant::holds("background", of(Detaches::ToTheBackground, (false, true), true, lives))
            .story("It has a process group of its own: the kernel sends no SIGHUP, bash does."),
        Variant::holds("nohup", of(Detaches::ByIgnoring, (false, true), true, lives))
            .story("It ignores SIGHUP: it lives on in a session that has lost its terminal."),
        Variant::holds(
            "double-fork",
            of(Detaches::ByTwoForks, (false, false), true, "it never has a terminal to lose"),
        )
        .story("setsid and a second fork: no leader, so opening a terminal gives it none."),
    ]
}
