//! A lock that another thread held at the fork.

use std::time::Duration;

use kit::child::DEADLINE;
use processes::exit::Exit;
use processes::fork_with_threads::model::{self, Child};
use processes::fork_with_threads::{lock_first, lock_held, started};
use stage::{Checked, Lesson, Variant, expect};

use super::{with_child, with_fork_server};

/// A child that hangs is killed after this. It has written that it is about to acquire the lock.
const TIMEOUT: Duration = Duration::from_millis(200);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("fork-with-threads", "a lock that another thread held at the fork")
        .story("The child has a copy of the lock, held, and no copy of the thread that holds it.")
        .source("processes/src/fork_with_threads.rs")
        .python("fork_with_threads")
        .variants(variants)
}

fn hangs() -> Checked {
    let (exit, process) = with_child(|_| lock_held(TIMEOUT))?;
    let report = expect(exit, None, "it waits for a thread that it does not have")?;
    let killed = format!("killed after {} ms", TIMEOUT.as_millis());
    let Some(process) = process else { return Ok(report.fact("seen", killed)) };
    let (threads, state) = (process.threads, process.state);
    expect((threads, state), (1, 'S'), "alone, and asleep")?;
    Ok(report.fact("seen", format!("threads: {threads}, state: {state}; {killed}")))
}

fn by(zygote: bool, line: &str) -> Checked {
    expect(with_child(|program| started(program, zygote))?, Exit::SUCCESS, line)
}

fn variants() -> [Variant; 4] {
    let explored = |variant: Variant, model: fn() -> Child| {
        let fails = "leave the child waiting for ever";
        variant.explored_for("t1, and a child", "", fails, [Child::Acquires], model)
    };
    [
        explored(Variant::breaks("lock-held", hangs), model::lock_held)
            .story("Thread t1 holds the lock at the fork: no t1 releases it in the child."),
        explored(
            Variant::holds("spawn", || by(false, "a new program: a lock of its own, and free")),
            model::spawned,
        )
        .story("The child is a new program: its lock is free, whatever the parent's threads hold."),
        explored(
            Variant::holds("fork-server", || {
                with_fork_server(|| by(true, "forked where no other thread was: its lock is free"))
            }),
            model::by_zygote,
        )
        .story("The child is a fork of a zygote with one thread: no thread holds the lock there."),
        explored(
            Variant::holds("lock-first", || {
                let line = "the forking thread holds it: its copy in the child releases it";
                expect(with_child(|_| lock_first(DEADLINE))?.0, Some(Exit::SUCCESS), line)
            }),
            model::lock_first,
        )
        .story("The forking thread acquires the lock first, so that its copy can release it."),
    ]
}
