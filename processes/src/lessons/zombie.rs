//! A child that has ended and is not waited for.

use processes::procfs::Process;
use processes::zombie::{Handler, THREE, dropped, handled, ignored, model, polled, waited};
use stage::{Checked, Lesson, Variant, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("zombie", "a child that has ended and is not waited for")
        .story("Three children end at once. Their parent has something else to do.")
        .source("processes/src/zombie.rs")
        .python("zombie")
        .variants(variants)
}

fn left_as_zombies() -> Checked {
    let (left, accept_signal) = with_child(dropped)?;
    let zombie = |process: &&Process| {
        process.state == 'Z' && process.memory.is_none() && process.parent == std::process::id()
    };
    let zombies = left.iter().flatten().filter(zombie).count();
    let line = format!("{THREE} of {THREE} ended, still there: state Z, no memory");
    let report = expect([zombies, accept_signal], [THREE; 2], line)?;
    Ok(report.fact("SIGKILL", "is accepted, and does nothing: they have ended"))
}

fn signalled(handler: Handler, zombies: usize, line: &str) -> Checked {
    expect(with_child(|program| handled(program, handler))?, [1, THREE - zombies, zombies], line)
}

fn variants() -> [Variant; 6] {
    let explored = |variant: Variant, handler| {
        variant.explored_for("2 children", "zombies", "leave a zombie", [0], move || {
            model::zombies(handler)
        })
    };
    [
        Variant::breaks("dropped", || on_linux(left_as_zombies))
            .story("The parent drops three Child values without a wait: each stays a zombie."),
        explored(
            Variant::breaks("handler-waits-once", || {
                let line = "one SIGCHLD for three ends: one is reaped, two stay zombies";
                on_linux(|| signalled(Handler::WaitsOnce, 2, line))
            }),
            Handler::WaitsOnce,
        )
        .story("The handler of SIGCHLD waits for one child; but one signal may stand for several."),
        explored(
            Variant::holds("handler", || {
                on_linux(|| {
                    signalled(Handler::Loops, 0, "one SIGCHLD: all three exit statuses collected")
                })
            }),
            Handler::Loops,
        )
        .story("The handler of SIGCHLD calls waitpid until no child is left that has ended."),
        Variant::holds("waited", || {
            let line = "nothing is left, and each exit status is known";
            on_linux(|| expect(with_child(waited)?, 0, line))
        })
        .story("The parent waits for each child: it gets the exit status, and the PID is free."),
        Variant::holds("polled", || {
            let line = "three still run; three exit statuses; then ECHILD";
            on_linux(|| expect(with_child(polled)?, [THREE; 3], line))
        })
        .story("The parent polls with WNOHANG between its own work: waitpid returns at once."),
        Variant::holds("ignored", || {
            let line = "nothing is left, and no exit status is known";
            on_linux(|| expect(with_child(ignored)?, (0, 0), line))
        })
        .story("The parent ignores SIGCHLD: the kernel reaps each child; the exit status is lost."),
    ]
}
