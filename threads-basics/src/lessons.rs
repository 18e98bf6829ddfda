//! The lessons as they are shown, a file each: title, story, options, variants.

use std::io;
use std::path::Path;
use std::time::Duration;

use stage::{Checked, Report, grouped};
use threads_basics::cores::cores;
use threads_basics::procfs::{Switches, Task};

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

/// How long a step lasts, so that a picture shows it.
const PACE: Duration = Duration::from_millis(10);

/// Runs a part of a lesson that has this program as its child.
fn with_children<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    kit::child::program().and_then(|program| run(&program)).map_err(|error| error.to_string())
}

/// Runs a part of a lesson whose threads share a core.
fn on_a_core(run: impl FnOnce(usize) -> Checked) -> Checked {
    match cores().first() {
        Some(&core) => run(core),
        None => Ok(Report::not_here("this system does not let a thread be kept to one core")),
    }
}

/// As [`on_a_core`], where the system counts context switches as well.
fn counted_on_a_core(run: impl FnOnce(usize) -> Checked) -> Checked {
    match Task::me().switches() {
        Some(_) => on_a_core(run),
        None => Ok(Report::not_here("this system has no /proc that counts context switches")),
    }
}

/// Writes context switches.
fn counted(switches: Option<Switches>) -> String {
    switches.map_or("context switches are not counted here".into(), |switches| {
        let Switches { voluntary, involuntary } = switches;
        let [voluntary, involuntary] = [voluntary, involuntary].map(|n| grouped(n as i64));
        format!("{voluntary} voluntary, {involuntary} involuntary")
    })
}

/// Writes how long one of `times` took.
fn each(took: Duration, times: u64) -> String {
    let each = took.as_secs_f64() * 1e9 / times as f64;
    match each {
        ..10.0 => format!("{each:.1} ns"),
        ..1e3 => format!("{each:.0} ns"),
        ..1e6 => format!("{:.1} µs", each / 1e3),
        _ => format!("{:.1} ms", each / 1e6),
    }
}
