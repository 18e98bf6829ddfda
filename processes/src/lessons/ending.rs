//! The lessons on how a process ends, and what is left of it.

use std::time::Duration;

use processes::child::DEADLINE;
use processes::daemon::{Bond, Fate, killed, thread_ended, waited_for};
use processes::isolation::{Fallen, child_crashes, thread_crashes, thread_panics};
use processes::limits::{FILES, SIZE, limited};
use processes::orphan::{Orphan, adopted, not_reaped};
use processes::pipeline::{Piped, closed, kept_open, reader_gone, reader_kept};
use processes::signals::{Stopped, only_the_child, stopped, whole_group};
use processes::spawn_and_wait::Ended;
use processes::zombie::{CHILDREN, dropped, ignored, waited};
use stage::{Lesson, Variant, expect};

use super::{WELL, on_linux, with_children};

const KILLED: Ended = Ended::Signalled(9);

pub(crate) fn daemon() -> Lesson {
    Lesson::new("daemon", "what becomes of a child when its parent is killed")
        .story(
            "SIGKILL leaves the parent no last word. Whoever is to end the child then has to \
             know beforehand.",
        )
        .source("processes/src/daemon.rs")
        .variants(daemon_variants)
}

fn daemon_variants() -> Vec<Variant> {
    let of = |bond, lived_on, child, line: &'static str| {
        move || {
            on_linux(|| {
                let fate = with_children(|program| killed(program, bond))?;
                expect(fate, Fate { parent: KILLED, lived_on, child }, line)
            })
        }
    };
    let on = "it lives on, and answers from a new parent";
    let dies = "it asked for SIGKILL at its parent's death, and gets it";
    let ends = "its parent had the other end of its input: it ends";
    Vec::from([
        Variant::breaks("left-alone", of(Bond::Nothing, true, WELL, on)).story(
            "Nothing ties the child to its parent: it survives the parent's SIGKILL as an orphan.",
        ),
        Variant::breaks("thread-ended", || {
            on_linux(|| {
                let line = "the thread that started it ended: killed";
                expect(with_children(thread_ended)?, KILLED, line)
            })
        })
        .story(
            "PR_SET_PDEATHSIG watches the thread that started the child: that thread ends, and the \
        child is killed.",
        ),
        Variant::holds("death-signal", of(Bond::Signal, false, KILLED, dies)).story(
            "The child asks for SIGKILL at its parent's death (PR_SET_PDEATHSIG), then checks its \
        parent's PID.",
        ),
        Variant::holds("pipe", of(Bond::Pipe, false, WELL, ends)).story(
            "The child reads a pipe whose only writing end is its parent's: at the end of input it \
        exits.",
        ),
        Variant::holds("waited-for", || {
            on_linux(|| expect(with_children(waited_for)?, WELL, "the parent ends after the child"))
        })
        .story("The parent waits for its child before it exits, so that it leaves no orphan."),
    ])
}

pub(crate) fn zombie() -> Lesson {
    Lesson::new("zombie", "a child that has ended and is not waited for")
        .story("Three children end at once. Their parent has something else to do.")
        .source("processes/src/zombie.rs")
        .variants(zombie_variants)
}

fn zombie_variants() -> Vec<Variant> {
    Vec::from([
            Variant::breaks("dropped", || {
                on_linux(|| {
                    let left = with_children(dropped)?;
                    let zombie = |seen: &Option<_>| {
                        let seen: Option<&processes::proc::Process> = seen.as_ref();
                        seen.is_some_and(|seen| seen.state == 'Z' && seen.memory.is_none())
                    };
                    let zombies = left.shown.iter().filter(|seen| zombie(seen)).count();
                    let line = format!("{CHILDREN} of {CHILDREN} ended, still there: state Z, no memory");
                    let shown = expect((zombies, left.take_a_signal), (CHILDREN, CHILDREN), line)?;
                    Ok(shown.fact("SIGKILL", "is taken, and does nothing: they have ended"))
                })
            })
.story("The parent drops three Child values without a wait: each child that has ended stays a \
        zombie."),
            Variant::holds("waited", || {
                on_linux(|| {
                    let left = with_children(waited)?;
                    expect(left, vec![None; CHILDREN], "nothing is left, and how they ended is known")
                })
            })
.story("The parent waits for each child: it gets the exit status, and the kernel frees the PID."),
            Variant::holds("ignored", || {
                on_linux(|| {
                    let line = "SIGCHLD ignored: nothing is left, nor known how they ended";
                    expect(with_children(ignored)?, (0, 0), line)
                })
            })
.story("The parent ignores SIGCHLD: the kernel reaps each child by itself, and the exit status is \
        lost."),
        ],
    )
}

pub(crate) fn orphan() -> Lesson {
    Lesson::new("orphan", "a child that has lost its parent, and who waits for it")
        .story(
            "Someone is given every orphan, and has to wait for a child that it has not started.",
        )
        .source("processes/src/orphan.rs")
        .variants(orphan_variants)
}

fn orphan_variants() -> Vec<Variant> {
    Vec::from([
        Variant::breaks("not-reaped", || {
            on_linux(|| {
                let orphan = with_children(not_reaped)?;
                let wanted = Orphan {
                    had_its_parent: true,
                    adopted: true,
                    left: Some(('Z', true)),
                    ended: WELL,
                };
                expect(orphan, wanted, "its new parent does not wait: it is in state Z")
            })
        })
        .story(
            "The subreaper adopts the orphan and never waits for it: once it has ended, it stays a \
        zombie.",
        ),
        Variant::holds("adopted", || {
            on_linux(|| {
                let orphan = with_children(adopted)?;
                let wanted =
                    Orphan { had_its_parent: true, adopted: true, left: None, ended: WELL };
                expect(orphan, wanted, "its new parent waits for it: nothing is left")
            })
        })
        .story(
            "The subreaper adopts the orphan and waits for it: it collects the exit status, and \
        nothing is left.",
        ),
    ])
}

/// How long a child that will stop is given: it needs some milliseconds.
const LONG: Duration = Duration::from_secs(15);
/// How long one that will not is given: it does not stop, however long.
const SHORT: Duration = Duration::from_millis(100);

pub(crate) fn signals() -> Lesson {
    Lesson::new("signals", "asked to stop, and made to after a time limit")
        .story("SIGTERM asks, SIGKILL does not. A signal goes to one process, or to a group.")
        .source("processes/src/signals.rs")
        .variants(signals_variants)
}

fn signals_variants() -> Vec<Variant> {
    let put_away = || Some("its things are put away".to_owned());
    Vec::from([
            Variant::breaks("unprepared", || {
                let wanted = Stopped { ended: Ended::Signalled(15), made_to: false, last: None };
                let line = "SIGTERM ends it: nothing is put away";
                expect(with_children(|program| stopped(program, "unprepared", LONG))?, wanted, line)
            })
.story("The child has no handler for SIGTERM: the default action ends it before it can clean up."),
            Variant::breaks("only-the-child", || {
                on_linux(|| {
                    let line = "it is killed, its own child lives on";
                    expect(with_children(only_the_child)?, [KILLED, WELL], line)
                })
            })
.story("SIGKILL goes to the child's PID alone: the child's own child survives."),
            Variant::holds("in-order", move || {
                let wanted = Stopped { ended: WELL, made_to: false, last: put_away() };
                let line = "SIGTERM is a request: its things are put away, code 0";
                expect(with_children(|program| stopped(program, "in-order", LONG))?, wanted, line)
            })
.story("The child handles SIGTERM as a request: it cleans up and exits with status 0."),
            Variant::holds("time-limit", || {
                let wanted = Stopped { ended: KILLED, made_to: true, last: None };
                let line = format!("it is deaf to SIGTERM; {} ms later comes SIGKILL", SHORT.as_millis());
                expect(with_children(|program| stopped(program, "deaf", SHORT))?, wanted, line)
            })
.story("The child does not react to SIGTERM: after a timeout its parent sends SIGKILL, which has \
        no handler."),
            Variant::holds("whole-group", || {
                on_linux(|| {
                    let line = "a signal to its group: its own child is gone too";
                    expect(with_children(whole_group)?, [KILLED; 2], line)
                })
            })
.story("SIGKILL goes to the process group: the child and its own child end together."),
        ],
    )
}

pub(crate) fn isolation() -> Lesson {
    Lesson::new("isolation", "a child that crashes, beside a thread that panics")
        .story(
            "Half a transfer is made, and then it falls: a thread, a thread with all others, a \
             child.",
        )
        .source("processes/src/isolation.rs")
        .variants(isolation_variants)
}

fn isolation_variants() -> Vec<Variant> {
    let falls = |of, ended, line: &'static str| {
        move || {
            let wanted =
                Fallen { learns: Err(ended), theirs: (60, 0), balances: (100, 0), poisoned: false };
            expect(with_children(|program| child_crashes(program, of))?, wanted, line)
        }
    };
    Vec::from([
            Variant::breaks("thread-panics", || {
                let learns = Ok("in the middle of a transfer".to_owned());
                let line = "half a transfer (60, 0), a poisoned lock";
                let wanted = Fallen { learns, theirs: (60, 0), balances: (60, 0), poisoned: true };
                expect(thread_panics().map_err(|error| error.to_string())?, wanted, line)
            })
.story("A thread panics in a transfer: its process goes on with half of it and a poisoned lock."),
            Variant::breaks("thread-crashes", || {
                let (said, ended) = with_children(thread_crashes)?;
                let line = "signal 6 ends all its threads, main too";
                expect((said, ended), (vec!["all work".to_owned()], Ended::Signalled(6)), line)
            })
.story("A thread calls abort: SIGABRT ends the whole process with all its threads."),
            Variant::holds(
                "child-panics",
                falls("panic", Ended::Exited(101), "code 101; half a transfer in its own copy only"),
            )
.story("A child process panics in a transfer: its exit status is 101, the parent's memory is \
        untouched."),
            Variant::holds("child-aborts", falls("abort", Ended::Signalled(6), "signal 6, SIGABRT; likewise"))
.story("A child process calls abort: SIGABRT ends it alone, the parent's memory is untouched."),
            Variant::holds("child-faults", falls("fault", Ended::Signalled(11), "signal 11, SIGSEGV; likewise"))
.story("A child process gets SIGSEGV: the signal ends it alone, the parent's memory is untouched."),
        ],
    )
}

pub(crate) fn pipeline() -> Lesson {
    Lesson::new("pipeline", "`a | b` by hand")
        .story("b reads up to the end of its input, which comes when nobody can write any more.")
        .source("processes/src/pipeline.rs")
        .variants(pipeline_variants)
}

fn pipeline_variants() -> Vec<Variant> {
    Vec::from([
            Variant::deadlocks("kept-open", || with_children(kept_open))
.story("The parent keeps a copy of the pipe's writing end: b never sees the end of its input."),
            Variant::deadlocks("reader-kept", || with_children(reader_kept))
.story("The parent keeps a copy of the reading end: a blocks on a full pipe and gets no EPIPE."),
            Variant::holds("closed", || {
                let wanted = Piped { said: "3 lines".into(), ended: [WELL; 2] };
                let line = "the starter keeps no end: b counts 3 lines up to the end";
                expect(with_children(|program| closed(program, 3))?, wanted, line)
            })
.story("The parent closes both ends once the children have theirs: b's input ends when a exits."),
            Variant::holds("reader-gone", || {
                let wanted = Piped { said: "line 1".into(), ended: [Ended::Exited(1), WELL] };
                let line = "b ends after a line; a's next write fails: code 1";
                expect(with_children(reader_gone)?, wanted, line)
            })
.story("b exits after one line, and nobody else has the reading end: a's next write fails with \
        EPIPE."),
        ],
    )
}

pub(crate) fn limits() -> Lesson {
    Lesson::new("limits", "limits on memory, time, files")
        .story("The kernel stops a child that asks for too much: by an error, or by a signal.")
        .source("processes/src/limits.rs")
        .variants(limits_variants)
}

fn limits_variants() -> Vec<Variant> {
    let at = |limit: &'static str, ended, last: Option<String>, line: &'static str| {
        move || {
            on_linux(|| {
                let seen = with_children(|program| limited(program, limit))?;
                let shown = expect((seen.ended, seen.last), (ended, last.clone()), line)?;
                Ok(if seen.complaint.is_empty() {
                    shown
                } else {
                    shown.fact("it says", seen.complaint)
                })
            })
        }
    };
    let refused = "memory allocation failed because the memory allocator returned an error";
    let files = format!("{}, then: Too many open files (os error 24)", FILES - 1);
    let size = format!("{} KiB", SIZE >> 10);
    Vec::from([
            Variant::breaks(
                "memory",
                at("memory", Ended::Signalled(6), None, "512 MiB asked of 256: aborted, signal 6"),
            )
.story("RLIMIT_AS is 256 MiB and a Vec asks for 512: the allocation fails, and Rust aborts the \
        process."),
            Variant::holds(
                "memory-asked",
                at(
                    "memory-asked",
                    WELL,
                    Some(refused.into()),
                    "the same by try_reserve: an error, and it goes on",
                ),
            )
.story("try_reserve asks for the same memory: the failure is an error value, and the process goes \
        on."),
            Variant::holds(
                "files",
                at("files", WELL, Some(files), "descriptors 0 to 15 are had; the next open fails"),
            )
.story("RLIMIT_NOFILE is 16: descriptors 0 to 15 are given out, and the next open fails with \
        EMFILE."),
            Variant::holds(
                "size",
                at("size", Ended::Signalled(25), Some(size), "a file of 64 KiB is written, no more: SIGXFSZ"),
            )
.story("RLIMIT_FSIZE is 64 KiB: a write beyond it raises SIGXFSZ."),
            Variant::holds(
                "time",
                at("time", Ended::Signalled(24), None, "a second of processor time is used up: SIGXCPU"),
            )
.story("RLIMIT_CPU is one second of processor time: SIGXCPU ends the child that has used it up.")
            // Where others want the processors as well, it is long until a second of one is used
            // up.
            .within(DEADLINE),
        ],
    )
}
