//! The lessons on the three start methods.

use std::io;
use std::path::Path;

use processes::child::DEADLINE;
use processes::spawn_and_wait::Ended;
use processes::start::{
    ForkServer, Job, Method, StartMethod, Stopwatch, Streams, Views, in_an_argument, lines_written,
    over_a_pipe, views,
};
use stage::{Form, Lesson, Report, Shown, duration, expect, program};

/// Runs a part of a lesson with this program as its child. What the system has no means for, this machine cannot show.
pub(super) fn shown(run: impl FnOnce(&Path) -> io::Result<Shown>) -> Shown {
    match program().and_then(|program| run(&program)) {
        Ok(shown) => shown,
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Report::not_here(error.to_string())),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) const ENDED_WELL: Ended = Ended::Exited(0);

/// Reports what a child found and what became of its parent's list, if it is what has to come out: what it found in its memory, and the list
/// that it was handed, with a 5.
fn seen(method: Method, hands_over: bool, found: &[u32], line: &str) -> Shown {
    shown(|program| {
        let Views { child, ended, process, list } = views(program, method, hands_over)?;
        let mut own = found.to_vec();
        own.push(5);
        let handed: &[u32] = if hands_over { &[20, 30, 10, 5] } else { &[5] };
        let out = (&child.found[..], &child.list[..], &child.handed[..], &list[..], ended);
        let report = match expect(out, (found, &own, handed, &[20, 30, 10], ENDED_WELL), line) {
            Ok(report) => report,
            Err(other) => return Ok(Err(other)),
        };
        let pids = if child.parent == process {
            format!("child {}, parent {process}", child.process)
        } else {
            format!("child {}, template {}, parent {process}", child.process, child.parent)
        };
        let mut report = report.fact("child", format!("found {found:?}, made it {own:?}"));
        if hands_over {
            report = report.fact("", format!("was handed {:?}, made it {handed:?}", [20, 30, 10]));
        }
        Ok(Ok(report.fact("parent", format!("has {list:?} afterwards")).fact("pids", pids)))
    })
}

pub(crate) fn fork() -> Lesson {
    let line = "a line that is written once";
    let lines = move |returns| {
        shown(move |program| {
            let lines = lines_written(program, returns)?;
            let (wanted, how) = if returns {
                (2, format!("\"{line}\" arrives twice: the child returned, too"))
            } else {
                (1, format!("\"{line}\" arrives once: the child ended by _exit"))
            };
            Ok(expect(lines, wanted, how))
        })
    };
    Lesson::new(
        "processes/src/start/fork.rs",
        [
            Form::holds("copied", || {
                let line = "all that the parent had is there, as a copy";
                seen(Method::Fork, false, &[20, 30, 10], line)
            }),
            Form::breaks("returns", move || lines(true)),
            Form::holds("exits", move || lines(false)),
        ],
    )
}

pub(crate) fn spawn() -> Lesson {
    // As text, 1.2 MB: more than an argument may have anywhere.
    let long = || (100_000..300_000).collect::<Vec<u32>>();
    Lesson::new(
        "processes/src/start/spawn.rs",
        [
            Form::breaks("not-handed-over", || {
                let line = "the child looks for its parent's list, and finds one of its own";
                seen(Method::Spawn, false, &[], line)
            }),
            Form::holds("handed-over", || {
                seen(Method::Spawn, true, &[], "what is handed over arrives, and nothing else")
            }),
            Form::breaks("in-an-argument", move || {
                shown(|program| {
                    let error = in_an_argument(program, long()).err().map(|error| error.kind());
                    let line = "200 000 numbers as an argument: the program is not started";
                    Ok(expect(error, Some(io::ErrorKind::ArgumentListTooLong), line))
                })
            }),
            Form::holds("over-a-pipe", move || {
                shown(|program| {
                    let mut wanted = long();
                    let seen = over_a_pipe(program, wanted.clone())?;
                    wanted.push(5);
                    let line = "200 000 numbers arrive, and come back with one more";
                    Ok(if seen.handed == wanted {
                        Ok(Report::new(line))
                    } else {
                        Err(format!("{} came back", seen.handed.len()))
                    })
                })
            }),
        ],
    )
}

pub(crate) fn fork_server() -> Lesson {
    Lesson::new(
        "processes/src/start/fork_server.rs",
        [
            Form::breaks("late", || {
                let line = "the 10 came after the template was started: the child has it not";
                seen(Method::ForkServer, false, &[20, 30], line)
            }),
            Form::holds("handed-over", || {
                let line = "what the template had loaded is there; what is handed over arrives";
                seen(Method::ForkServer, true, &[20, 30], line)
            }),
            Form::holds("reports", || {
                shown(|program| {
                    let mut server = ForkServer::new(program, &[])?;
                    let jobs = [Job::Exit(3), Job::Kill, Job::Exit(0)];
                    let children: Vec<_> = jobs
                        .iter()
                        .map(|job| server.start(job, Streams::own()))
                        .collect::<io::Result<_>>()?;
                    // In another order than they were started in.
                    let ended: Vec<_> =
                        children.iter().rev().map(|child| server.wait(*child)).collect::<io::Result<_>>()?;
                    let wanted = vec![ENDED_WELL, Ended::Signalled(9), Ended::Exited(3)];
                    let line = "the template reaps, and reports: code 3, signal 9, code 0";
                    Ok(expect(ended, wanted, line))
                })
            }),
            Form::holds("cost", || shown(|program| Ok(Ok(cost(program)?)))),
        ],
    )
}

/// Takes the time of a few starts by each method, without and with much memory, and Python's beside them.
fn cost(program: &Path) -> io::Result<Report> {
    const STARTS: usize = 5;
    const BIG: usize = 256;
    let mut report =
        Report::new(format!("request to exit code: medians of {STARTS}; in a parent with {BIG} MiB"));
    let python = |mib| Stopwatch::python(mib, DEADLINE);
    let parties = [
        ("here", Some([Stopwatch::ours(program, 0, DEADLINE)?, Stopwatch::ours(program, BIG, DEADLINE)?])),
        (
            "python3",
            python(0)?
                .map(|small| Ok::<_, io::Error>([small, python(BIG)?.ok_or(io::ErrorKind::NotFound)?]))
                .transpose()?,
        ),
    ];
    for (whose, stopwatches) in parties {
        let Some([mut small, mut big]) = stopwatches else {
            report = report.fact(whose, "is not on this machine");
            continue;
        };
        for method in Method::ALL.map(Method::name) {
            let [small, big] = [small.median(method, STARTS)?, big.median(method, STARTS)?]
                .map(|time| duration(time.as_nanos() as u64));
            report = report.fact(format!("{method}, {whose}"), format!("{small}; {big}"));
        }
    }
    Ok(report)
}
