//! The lessons as they are shown, a file each: title, story, options, variants.

use std::io;
use std::path::Path;
use std::time::Duration;

use kit::child::DEADLINE;
use kit::python::Interpreter;
use stage::{Checked, Report, grouped};
use threads_basics::context_switch::HandedOver;
use threads_basics::cores::cores;
use threads_basics::procfs::Task;

pub(crate) mod context_switch;
pub(crate) mod daemon;
pub(crate) mod gil;
pub(crate) mod jobs;
pub(crate) mod join;
pub(crate) mod local;
pub(crate) mod names;
pub(crate) mod oversubscription;
pub(crate) mod park;
pub(crate) mod scope;
pub(crate) mod spawn;
pub(crate) mod states;
pub(crate) mod system_call;
pub(crate) mod versus_process;
pub(crate) mod worker;

/// Runs a part of a lesson that has this program as its child.
fn with_children<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    kit::child::program().and_then(|program| run(&program)).map_err(|error| error.to_string())
}

/// Has a Python run a script, which is told some numbers; returns what it prints.
fn ask(python: &Interpreter, script: &str, numbers: &[u32]) -> Result<String, String> {
    let mut command = python.command();
    command.args(["-c", script]).args(numbers.iter().map(ToString::to_string));
    let printed = kit::child::stdout(&mut command, DEADLINE);
    printed
        .map(|printed| printed.trim_end().to_owned())
        .map_err(|error| format!("{} {error}", python.name))
}

/// Runs a part of a lesson on some of the cores, and has its context switches counted.
fn on_cores<const N: usize>(run: impl FnOnce([usize; N]) -> Checked) -> Checked {
    match (Task::me().switches(), cores().first_chunk()) {
        (None, _) => Ok(Report::not_here("this system has no /proc that counts context switches")),
        (_, None) => Ok(Report::not_here(format!("no {N} cores here to keep a thread to"))),
        (_, Some(cores)) => run(*cores),
    }
}

fn by_turns(HandedOver { times, took, switches }: HandedOver, what: &str) -> Report {
    let [number, voluntary, involuntary] =
        [times, switches.voluntary, switches.involuntary].map(grouped);
    Report::measured(format!("{} a {what}", each(took, times))).fact(
        format!("{number} {what}s"),
        format!("{voluntary} voluntary, {involuntary} involuntary"),
    )
}

/// As [`by_turns`], if each took a context switch at least: on one core. The one after the last turn
/// is not counted.
fn switched(handed: HandedOver, what: &str) -> Checked {
    if handed.switches.all() < handed.times - 2 {
        return Err(format!("a {what} without a context switch: {handed:?}"));
    }
    Ok(by_turns(handed, what))
}

fn each(took: Duration, times: u64) -> String {
    let each = took.as_secs_f64() * 1e9 / times as f64;
    match each {
        ..10.0 => format!("{each:.1} ns"),
        ..1e3 => format!("{each:.0} ns"),
        ..1e6 => format!("{:.1} µs", each / 1e3),
        _ => format!("{:.1} ms", each / 1e6),
    }
}
