//! `states`: the states of a thread, read in `/proc`.

use stage::{Checked, Lesson, Report, Variant};
use threads_basics::cores::cores;
use threads_basics::procfs::Task;
use threads_basics::states::{State, ended, life, ready, running, sleeping, uninterruptible};

use super::with_children;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("states", "the states of a thread, and who is in which")
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
        Variant::holds("ready", || match cores().first() {
            None => Ok(Report::not_here("this system does not let a thread be kept to one core")),
            Some(&core) => state(ready(core), Some('R'), "textbook: ready; Java: RUNNABLE"),
        })
        .story("A thread that spins is looked at by another one, which has their only core meanwhile."),
        Variant::holds("sleeping", || {
            state(sleeping(), Some('S'), "textbook: blocked; Java: WAITING, BLOCKED for a lock")
        })
        .story("A thread waits for a message; a signal could wake it."),
        Variant::holds("uninterruptible", || {
            let wanted = "textbook: blocked; Java: as the call has it";
            state(with_children(uninterruptible)?, Some('D'), wanted)
        })
        .story("A process waits in vfork, as others wait for a disk: no signal that it handles wakes it."),
        Variant::holds("ended", || {
            let (letter, result) = ended();
            if result != 42 {
                return Err(format!("the join returned {result}"));
            }
            state(letter, None, "textbook: terminated; Java: TERMINATED")
                .map(|report| report.fact("join", "its result, 42, is kept for the join"))
        })
        .story("A thread has ended and is not joined: the kernel has forgotten it already."),
        Variant::holds("life-cycle", life_cycle).story(
            "A child process from its start to its reaping: blocked, stopped, blocked, running, a \
             zombie, gone.",
        ),
    ]
}

/// Reports a state, if it is the one that has to be.
fn state(state: State, wanted: State, names: &str) -> Checked {
    if Task::me().state().is_none() {
        return Ok(Report::not_here("this system has no /proc to read a state from"));
    }
    if state != wanted {
        return Err(format!("its state was {state:?}, not {wanted:?}"));
    }
    Ok(Report::new(format!("{}  {names}", letter(state))))
}

fn life_cycle() -> Checked {
    let seen = with_children(life)?;
    let report =
        state(seen.last().and_then(|(_, state)| *state), None, "a process, state by state")?;
    let letters: Vec<_> = seen.iter().map(|(_, state)| letter(*state)).collect();
    if letters != ["S", "T", "S", "R", "Z", "–"] {
        return Err(format!("its states were {letters:?}"));
    }
    let names = ["blocked", "stopped", "blocked", "running or ready", "zombie", "gone"];
    Ok(seen.iter().zip(letters).zip(names).fold(report, |report, (((what, _), letter), name)| {
        report.fact(format!("─▶ {letter} {name}"), *what)
    }))
}

fn letter(state: State) -> String {
    state.map_or("–".into(), String::from)
}
