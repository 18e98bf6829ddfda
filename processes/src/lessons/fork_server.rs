//! Fork server: a zygote, started early, is forked on request.

use std::io;
use std::path::Path;
use std::time::Duration;

use kit::child::DEADLINE;
use processes::exit::Exit;
use processes::start::{
    ForkServer, Job, Method, ParentView, StartMethod, Stopwatch, Streams, views,
};
use stage::{Checked, Lesson, Report, Variant, duration, expect};

use super::{with_child, with_fork_server};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("fork-server", "a zygote, started early, is forked on request")
        .story("It loads what all need, once; jobs and open files go to it over a socket.")
        .source("processes/src/start/{fork_server,zygote}.rs")
        .python("start_methods")
        .variants(variants)
}

/// Lets a child that `method` starts append to its lists. It has to find `found` in its memory, and
/// its parent's list has to stay as it was.
pub(super) fn list_after(method: Method, hands_over: bool, found: &[u32], line: &str) -> Checked {
    let ParentView { child, exit, pid, list } =
        with_child(|program| views(program, method, hands_over))?;
    let own = [found, &[5]].concat();
    let handed: &[u32] = if hands_over { &[20, 30, 10, 5] } else { &[5] };
    let out = (&child.found[..], &child.list[..], &child.handed[..], &list[..], exit);
    let mut report = expect(out, (found, &own, handed, &[20, 30, 10], Exit::SUCCESS), line)?;
    // The zygote forks it, too, as a child of the process that asked.
    expect((child.parent == pid, child.pid == pid), (true, false), line)?;
    report =
        report.fact(format!("child {}", child.pid), format!("found {found:?}, made it {own:?}"));
    if hands_over {
        report = report.fact("", format!("handed {:?}, made it {handed:?}", [20, 30, 10]));
    } else if method == Method::ForkServer {
        report = report.fact("", "forked by the zygote, and a child of the parent");
    }
    Ok(report.fact(format!("parent {pid}"), format!("has {list:?} afterwards")))
}

fn reports(program: &Path) -> io::Result<Vec<Exit>> {
    let mut server = ForkServer::new(program, &[])?;
    let jobs = [Job::Exit(3), Job::Kill, Job::Exit(0)];
    let children: Vec<_> =
        jobs.iter().map(|job| server.start(job, Streams::own())).collect::<io::Result<_>>()?;
    // They are waited for in another order than they were started in.
    children.iter().rev().map(|child| server.wait(*child)).collect()
}

/// Takes the time of some starts by each method, in a small parent and in a big one, and Python's
/// beside them.
fn cost(program: &Path) -> io::Result<Report> {
    const STARTS: usize = 3;
    const BIG: usize = 256;
    let mut ours = Vec::new();
    let mut python = Vec::new();
    for mib in [0, BIG] {
        ours.push(Stopwatch::ours(program, mib, DEADLINE)?);
        python.extend(Stopwatch::python(kit::python::command(), mib, DEADLINE)?);
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

fn variants() -> [Variant; 4] {
    [
        Variant::breaks("late", || {
            let line = "the 10 came after the zygote: not there";
            with_fork_server(|| list_after(Method::ForkServer, false, &[20, 30], line))
        })
        .story("The parent appends 10 after the zygote has started: its fork lacks it."),
        Variant::holds("handed-over", || {
            let line = "what the zygote had, and what is handed over";
            with_fork_server(|| list_after(Method::ForkServer, true, &[20, 30], line))
        })
        .story("The list goes to the zygote over a socket: its fork has it, and what was loaded."),
        Variant::holds("reports", || {
            let wanted = vec![Exit::SUCCESS, Exit::KILLED, Exit::Code(3)];
            let line = "reported to the parent: code 3, signal 9, code 0";
            with_fork_server(|| expect(with_child(reports)?, wanted, line))
        })
        .story(
            "A child is no child of the zygote: the process that asked reaps it (CLONE_PARENT).",
        ),
        Variant::holds("cost", || with_fork_server(|| with_child(cost)))
            .story("Each start method is timed from request to exit status, ours beside Python's.")
            // Python's starts take long on a busy machine.
            .within(DEADLINE),
    ]
}
