//! `states`: the states of a thread, read in `/proc`.

use std::fmt::Debug;

use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::procfs::Task;
use threads_basics::states::{State, ended, life, ready, running, sleeping, uninterruptible};

use super::{on_cores, with_children};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("states", "the states of a thread, and what each is called")
        .story("The letter is Linux's, in /proc; beside it, the textbook's name and Java's.")
        .source("threads-basics/src/states.rs")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    [
        Variant::holds("running", || {
            state(running(), Some('R'), "textbook: running; Java: RUNNABLE")
        })
        .story("A thread reads its own state, so it has a core in this moment."),
        Variant::holds("ready", || {
            on_cores(|[core]| state(ready(core), Some('R'), "textbook: ready; Java: RUNNABLE"))
        })
        .story("A thread spins; another one on the same core looks at it, and so has the core."),
        Variant::holds("sleeping", || {
            state(sleeping(), Some('S'), "textbook: blocked; Java: WAITING or BLOCKED")
        })
        .story("A thread waits for a message; a signal could wake it."),
        Variant::holds("uninterruptible", || {
            let wanted = "textbook: blocked; Java: RUNNABLE (native)";
            state(with_children(uninterruptible)?, Some('D'), wanted)
        })
        .story("A process waits in vfork, as others do for a disk: a signal handler has to wait."),
        Variant::holds("ended", || {
            let (letter, result) = ended();
            expect(result, 42, "the thread returns 42")?;
            state(letter, None, "textbook: terminated; Java: TERMINATED")
                .map(|report| report.fact("join", "its result, 42, is kept for the join"))
        })
        .story("A thread has ended and is not joined: the kernel has forgotten it already."),
        Variant::holds("life-cycle", life_cycle)
            .story("A child process up to its reaping: blocked, stopped, running, a zombie, gone."),
    ]
}

/// Reports a state, if it is the one that has to be.
fn state(state: State, wanted: State, names: &str) -> Checked {
    let letter = state.map_or("–".into(), String::from);
    read(format!("{letter}  {names}"), state, wanted)
}

fn read<T: PartialEq + Debug>(line: impl Into<String>, seen: T, wanted: T) -> Checked {
    if Task::me().state().is_none() {
        return Ok(Report::not_here("this system has no /proc to read a state from"));
    }
    expect(seen, wanted, line)
}

fn life_cycle() -> Checked {
    let seen = with_children(life)?;
    let states: Vec<_> = seen.iter().map(|(_, state)| *state).collect();
    let wanted = [Some('S'), Some('T'), Some('S'), Some('R'), Some('Z'), None];
    let report = read("a process, from state to state", states.as_slice(), &wanted)?;
    let names = ["S blocked", "T stopped", "S blocked", "R running or ready", "Z zombie", "– gone"];
    let named = seen.iter().zip(names);
    Ok(named.fold(report, |report, ((what, _), name)| report.fact(format!("─▶ {name}"), *what)))
}
