//! The lessons on the three start methods.

use std::io;
use std::path::Path;
use std::time::Duration;

use processes::child::DEADLINE;
use processes::spawn_and_wait::Ended;
use processes::start::{
    ForkServer, Job, Method, StartMethod, Stopwatch, Streams, Views, in_an_argument, lines_written,
    over_a_pipe, views,
};
use stage::{Checked, Lesson, Report, Variant, duration, expect};

use super::{WELL, on_linux, with_children};

/// Reports what a child found and what became of its parent's list, if it is what has to come out:
/// what it found in its memory, and the list that it was handed, with a 5.
fn seen(method: Method, hands_over: bool, found: &[u32], line: &str) -> Checked {
    let Views { child, ended, process, list } =
        with_children(|program| views(program, method, hands_over))?;
    let own = [found, &[5]].concat();
    let handed: &[u32] = if hands_over { &[20, 30, 10, 5] } else { &[5] };
    let out = (&child.found[..], &child.list[..], &child.handed[..], &list[..], ended);
    let mut report = expect(out, (found, &own, handed, &[20, 30, 10], WELL), line)?;
    report = report
        .fact(format!("child {}", child.process), format!("found {found:?}, made it {own:?}"));
    if hands_over {
        report = report.fact("", format!("handed {:?}, made it {handed:?}", [20, 30, 10]));
    } else if child.parent != process {
        report = report.fact(format!("template {}", child.parent), "forked it");
    }
    Ok(report.fact(format!("parent {process}"), format!("has {list:?} afterwards")))
}

pub(crate) fn fork() -> Lesson {
    Lesson::new("fork", "the child begins as a copy of its parent")
        .story(
            "It finds its parent's list and appends 5: to a copy. The parent is this program \
             once more, with one thread.",
        )
        .source("processes/src/start/fork.rs")
        .variants(fork_variants)
}

fn fork_variants() -> Vec<Variant> {
    let lines = |child, wanted: [usize; 2], line: &'static str| {
        move || {
            on_linux(|| {
                expect(with_children(|program| lines_written(program, child))?, wanted, line)
            })
        }
    };
    Vec::from([
            Variant::holds("copied", || {
                let line = "all that the parent had is there, as a copy";
                on_linux(|| seen(Method::Fork, false, &[20, 30, 10], line))
            })
.story("The child begins with a copy (copy-on-write) of its parent's memory: it appends to its \
        own list."),
            Variant::breaks(
                "returns",
                lines("returns", [2, 2], "two lines arrive twice: the child returned too"),
            )
.story("The child returns into its parent's code and flushes the copied buffer: a line is written \
        twice."),
            Variant::breaks("exit", lines("exit", [1, 2], "what the parent registered for its end runs twice"))
.story("The child calls exit, which runs the functions that its parent has registered with \
        atexit."),
            Variant::holds("at-once", lines("at-once", [1, 1], "each arrives once: the child ended by _exit"))
.story("The child ends by _exit, which flushes no buffer and runs no function of its parent's."),
        ],
    )
}

pub(crate) fn spawn() -> Lesson {
    Lesson::new("spawn", "the child is a program that begins at its beginning")
        .story("What it needs to know is sent to it over a pipe, as JSON.")
        .source("processes/src/start/spawn.rs")
        .variants(spawn_variants)
}

fn spawn_variants() -> Vec<Variant> {
    // As text, 1.4 MB: more than an argument may have anywhere.
    let long = || (100_000..300_000).collect::<Vec<u32>>();
    Vec::from([
            Variant::breaks("not-handed-over", || {
                seen(Method::Spawn, false, &[], "the child finds a list of its own, empty")
            })
.story("The child is a new program: its list is empty, whatever its parent has put into its own."),
            Variant::holds("handed-over", || {
                seen(Method::Spawn, true, &[], "what is handed over arrives, and nothing else")
            })
.story("The parent sends the list as JSON over a pipe: the child has what it was sent and nothing \
        else."),
            Variant::breaks("in-an-argument", move || {
                let too_long = with_children(|program| match in_an_argument(program, long()) {
                    Err(error) if error.kind() == io::ErrorKind::ArgumentListTooLong => Ok(true),
                    other => other.map(|_| false),
                })?;
                expect(too_long, true, "200 000 numbers: the child is not started")
            })
.story("The list is an argument of the command line: above 128 KiB (on Linux), exec fails with \
        E2BIG."),
            Variant::holds("over-a-pipe", move || {
                let handed = with_children(|program| over_a_pipe(program, long()))?.handed;
                let whole = handed == [long(), vec![5]].concat();
                let line = "200 000 numbers arrive, and come back with one more";
                expect((handed.len(), whole), (200_001, true), line)
            })
.story("The list goes over a pipe to the child's standard input, which has no limit of length."),
        ],
    )
}

pub(crate) fn fork_server() -> Lesson {
    Lesson::new("fork-server", "a template, started early, is forked on request")
        .story("It loads what all need, once; jobs and open files go to it over a socket.")
        .source("processes/src/start/fork_server.rs")
        .variants(fork_server_variants)
}

fn fork_server_variants() -> Vec<Variant> {
    let reports = |program: &Path| {
        let mut server = ForkServer::new(program, &[])?;
        let jobs = [Job::Exit(3), Job::Kill, Job::Exit(0)];
        let children: Vec<_> =
            jobs.iter().map(|job| server.start(job, Streams::own())).collect::<io::Result<_>>()?;
        // In another order than they were started in.
        children.iter().rev().map(|child| server.wait(*child)).collect::<io::Result<Vec<_>>>()
    };
    Vec::from([
            Variant::breaks("late", || {
                let line = "the 10 came after the template: not there";
                on_linux(|| seen(Method::ForkServer, false, &[20, 30], line))
            })
.story("The parent appends 10 after the template (zygote) has started: a fork of the template \
        lacks it."),
            Variant::holds("handed-over", || {
                let line = "what the template had, and what is handed over";
                on_linux(|| seen(Method::ForkServer, true, &[20, 30], line))
            })
.story("The list goes to the template over a Unix socket: its fork has it, and what the template \
        had loaded."),
            Variant::holds("reports", move || {
                on_linux(|| {
                    let wanted = vec![WELL, Ended::Signalled(9), Ended::Exited(3)];
                    let line = "the template reaps, and reports: code 3, signal 9, code 0";
                    expect(with_children(reports)?, wanted, line)
                })
            })
.story("The template reaps its children and reports each exit status: the server is not their \
        parent."),
            // Python's starts take long where others want the processors as well.
            Variant::holds("cost", || on_linux(|| with_children(cost)))
.story("Each start method is timed from the request to the exit status, ours beside Python's.").within(DEADLINE),
        ],
    )
}

/// Takes the time of a few starts by each method, without and with much memory, and Python's beside
/// them.
fn cost(program: &Path) -> io::Result<Report> {
    const STARTS: usize = 3;
    const BIG: usize = 256;
    let mut ours = Vec::new();
    let mut python = Vec::new();
    for mib in [0, BIG] {
        ours.push(Stopwatch::ours(program, mib, DEADLINE)?);
        python.extend(Stopwatch::python(mib, DEADLINE)?);
    }
    let line = format!("median of {STARTS}: in a small parent; in one with {BIG} MiB");
    let mut report = Report::measured(line);
    for method in Method::ALL.map(Method::name) {
        let medians = |stopwatches: &mut [Stopwatch]| -> io::Result<String> {
            let medians: Vec<_> = stopwatches
                .iter_mut()
                .map(|watch| watch.median(method, STARTS))
                .collect::<io::Result<_>>()?;
            let text = |time: &Duration| duration(time.as_nanos() as u64);
            Ok(medians.iter().map(text).collect::<Vec<_>>().join("; "))
        };
        let (here, there) = (medians(&mut ours)?, medians(&mut python)?);
        let there = if there.is_empty() { "is not on this machine" } else { &there };
        report = report.fact(method, format!("{here:18} python3 {there}"));
    }
    Ok(report)
}
