//! The lessons `versus-process` and `daemon`, whose children are this program once more.

use std::io;
use std::path::Path;

use kit::child::program;
use stage::{Checked, Lesson, Report, Variant};
use threads_basics::daemon;
use threads_basics::versus_process::{View, Views, by_process, by_thread, cost};

/// What `versus-process` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct VersusProcess {
    /// How many threads and processes are started to tell the cost, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1000))]
    starts: u16,
}

pub(crate) fn versus_process() -> Lesson {
    Lesson::new("versus-process", "the same change, made by a thread and by a process")
        .story("To a static, to a list on the heap, and to a thread-local variable. Who sees it?")
        .source("threads-basics/src/versus_process.rs")
        .variants_with(versus_process_variants)
}

fn versus_process_variants(&options: &VersusProcess) -> Vec<Variant> {
    Vec::from([
        Variant::holds("thread", || {
            let views = by_thread();
            let shared = (true, 1, vec![20, 30, 10, 5], 0);
            seen(&views, shared, "the starter sees the change, but for what is t1's own")
        })
        .story(
            "A thread shares statics and the heap with its parent, and has thread-locals \
                    of its own.",
        ),
        Variant::holds("process", || {
            let views = with_children(by_process)?;
            seen(
                &views,
                (false, 0, vec![20, 30, 10], 0),
                "isolated: exit status 0, nothing has changed here",
            )
        })
        .story("A child process changes its own memory, and nothing of its parent's."),
        Variant::holds("process-told", || {
            // Its answer is all that a child leaves behind.
            let list = with_children(by_process)?.inside.list;
            let line = "the child wrote its list out, the starter read it in";
            if list == [20, 30, 10, 5] {
                Ok(Report::new(line).fact("starter", format!("list {list:?}")))
            } else {
                Err(format!("the child's list was {list:?}"))
            }
        })
        .story("The child writes its result to a pipe, and the parent reads it."),
        Variant::holds("cost", move || {
            let starts = options.starts.into();
            let cost = with_children(|program| cost(program, starts))?;
            let [thread, process] =
                [cost.thread, cost.process].map(|time| time.as_secs_f64() * 1e6);
            let starts =
                if starts == 1 { "1 start".to_owned() } else { format!("{starts} starts") };
            let line = format!("started and waited for, the median of {starts}");
            Ok(Report::measured(line)
                .fact("thread", format!("{thread:.0} µs"))
                .fact("process", format!("{process:.0} µs, {:.0} times as much", process / thread)))
        })
        .story(
            "Starts a thread and a process by turns, and measures the time until each has \
                    ended.",
        ),
    ])
}

/// Reports what both see, if the one that made the change sees it, and its starter what it has to:
/// whether the process is its own, the static, the list, the thread-local variable.
fn seen(views: &Views, starter: (bool, u32, Vec<u32>, u32), line: &str) -> Checked {
    let Views { inside, starter: outside } = views;
    let theirs = (inside.in_static, inside.list.as_slice(), inside.local);
    let same = inside.process == outside.process;
    if theirs != (1, &[20, 30, 10, 5], 1)
        || (same, outside.in_static, outside.list.clone(), outside.local) != starter
    {
        return Err(format!("{views:?}"));
    }
    Ok(Report::new(line)
        .fact(if same { "t1" } else { "child" }, told(inside))
        .fact("starter", told(outside)))
}

fn told(View { process, in_static, list, local }: &View) -> String {
    format!("pid {process}: static {in_static}, list {list:?}, local {local}")
}

pub(crate) fn daemon() -> Lesson {
    Lesson::new("daemon", "what becomes of a thread when main ends")
        .story(
            "Each form is a child process. What it printed before its end is below it, and so \
             is what never came.",
        )
        .source("threads-basics/src/daemon.rs")
        .variants(daemon_variants)
}

fn daemon_variants() -> Vec<Variant> {
    let detached = ["t1: begins", "main: returns"];
    let joined = [
        "t1: begins",
        "main: joins t1",
        "t1: its last line",
        "t1: puts its things away",
        "main: returns",
    ];
    let stopped = [
        "t1: begins",
        "main: sets the flag",
        "t1: has seen the flag",
        "t1: puts its things away",
        "main: returns",
    ];
    Vec::from([
        Variant::breaks("detached", move || {
            let shown =
                said("detached", &detached, "t1 is gone with main, in the middle of its work")?;
            Ok(shown.fact("never came", "t1: puts its things away"))
        })
        .story("Main returns without a join: the process ends, and no destructor of t1 runs."),
        Variant::holds("joined", move || said("joined", &joined, "main returns when t1 has"))
            .story("Main joins t1 before it returns, so that t1 comes to its end."),
        Variant::holds("stop-flag", move || {
            said("stop-flag", &stopped, "t1 ends in order, when told to")
        })
        .story(
            "Main sets a flag, unparks t1 and joins it, so that t1 ends between two of its steps.",
        ),
    ])
}

/// Runs a child and reports what it printed, if it is that.
fn said(main: &str, wanted: &[&str], line: &str) -> Checked {
    let lines = with_children(|program| daemon::lines(program, main))?;
    if lines != wanted {
        return Err(format!("the child printed {lines:?}"));
    }
    let lines = lines.into_iter().enumerate();
    Ok(lines.fold(Report::new(line), |report, (number, line)| {
        report.fact(if number == 0 { "printed" } else { "" }, line)
    }))
}

/// Runs a part of a lesson with this program as its child.
pub(super) fn with_children<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    program().and_then(|program| run(&program)).map_err(|error| error.to_string())
}
