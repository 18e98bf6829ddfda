//! `versus-process`: what a thread shares with its parent, and a process does not.

use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::versus_process::{View, by_process, by_thread, cost};

use super::{ask, with_children};

/// What `versus-process` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// The number of threads and processes that are started to measure the cost, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1000))]
    starts: u16,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("versus-process", "the same change, made by a thread and by a process")
        .story("To a static, to a list on the heap, to a thread-local. Does the parent see it?")
        .source("threads-basics/src/versus_process.rs")
        .variants_with(variants)
}

fn variants(&options: &Options) -> [Variant; 4] {
    [
        Variant::holds("thread", || {
            let shared = (true, 1, vec![20, 30, 10, 5], 0);
            report(&by_thread(), shared, "the parent sees the change, except in t1's thread-local")
        })
        .story("A thread shares statics and the heap, and has thread-locals of its own."),
        Variant::holds("process", || {
            let isolated = (false, 0, vec![20, 30, 10], 0);
            let line = "isolated: exit status 0, nothing has changed here";
            report(&with_children(by_process)?, isolated, line)
        })
        .story("A child process changes its own memory, and nothing of its parent's."),
        Variant::holds("process-told", || {
            // Its output is all that a child leaves behind.
            let [View { list, .. }, _] = with_children(by_process)?;
            let line = "the child wrote its list out, the parent read it in";
            expect(&list[..], &[20, 30, 10, 5], line)
                .map(|report| report.fact("parent", format!("list {list:?}")))
        })
        .story("The child writes its result to a pipe, and the parent reads it."),
        Variant::holds("cost", move || measured(options.starts.into()))
            .story("Starts a thread and a process by turns, and measures until each has ended."),
    ]
}

fn measured(starts: usize) -> Checked {
    let costs = with_children(|program| cost(program, starts))?;
    let [thread, process] = costs.map(|time| time.as_secs_f64() * 1e6);
    let plural = if starts == 1 { "" } else { "s" };
    let line = format!("started and waited for, the median of {starts} start{plural}");
    let report = Report::measured(line)
        .fact("thread", format!("{thread:.0} µs"))
        .fact("process", format!("{process:.0} µs, {:.0} times as much", process / thread));
    // Python starts both more slowly, and is asked only where interpreters are given.
    let given = std::env::var_os(kit::python::PYTHONS).map(|_| kit::python::interpreters());
    Ok(given.into_iter().flatten().fold(report, |report, python| match python {
        Err(why) => report.fact("", why),
        Ok(python) => {
            let told = ask(&python, include_str!("../python/starts.py"), &[starts as u32]);
            report.fact(python.version(), told.unwrap_or_else(|error| error))
        }
    }))
}

/// Reports what both see, if the one that made the change sees it, and its parent what it has to:
/// whether the process is its own, the static, the list, the thread-local variable.
fn report(views: &[View; 2], wanted: (bool, u64, Vec<u64>, u64), line: &str) -> Checked {
    let [inside, parent] = views;
    let theirs = (inside.in_static, inside.list.as_slice(), inside.local);
    let same = inside.process == parent.process;
    if theirs != (1, &[20, 30, 10, 5], 1)
        || (same, parent.in_static, parent.list.clone(), parent.local) != wanted
    {
        return Err(format!("{views:?}"));
    }
    Ok(Report::new(line)
        .fact(if same { "t1" } else { "child" }, text(inside))
        .fact("parent", text(parent)))
}

fn text(View { process, in_static, list, local }: &View) -> String {
    format!("PID {process}: static {in_static}, list {list:?}, local {local}")
}
