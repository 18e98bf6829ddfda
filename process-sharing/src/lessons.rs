//! The lessons: what each variant runs for real, and what has to come out.

use std::fmt::Debug;
use std::io;
use std::path::Path;

use kit::child::program;
use stage::{Checked, Report, Variant};

pub(crate) mod array;
pub(crate) mod fifo;
pub(crate) mod file_lock;
pub(crate) mod ipc_compared;
pub(crate) mod manager;
pub(crate) mod message_queue;
pub(crate) mod named_memory;
pub(crate) mod not_shared;
pub(crate) mod owner_died;
pub(crate) mod pipe;
pub(crate) mod process_lock;
pub(crate) mod queue;
pub(crate) mod ring;
pub(crate) mod semaphore;
pub(crate) mod signal;
pub(crate) mod socket;
pub(crate) mod unnamed_pipe;
pub(crate) mod value;

/// Runs a function with this program, which it starts as its children.
fn with_children<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    program().and_then(|program| run(&program)).map_err(|error| error.to_string())
}

/// Checks what comes out of a run with children. Elsewhere than on Linux, a kind of lock or socket may
/// be missing: what this system cannot show is said.
fn checked<T>(
    run: impl FnOnce(&Path) -> io::Result<T>,
    check: impl FnOnce(T) -> Checked,
) -> Checked {
    let missing = |error: &io::Error| {
        cfg!(not(target_os = "linux")) && error.kind() == io::ErrorKind::Unsupported
    };
    match program().and_then(|program| run(&program)) {
        Err(error) if missing(&error) => Ok(Report::not_here(error.to_string())),
        ran => check(ran.map_err(|error| error.to_string())?),
    }
}

/// Returns a variant that holds: `check` gets the result of a run with children.
fn holds<T>(
    name: &'static str,
    run: impl Fn(&Path) -> io::Result<T> + Send + Sync + 'static,
    check: impl Fn(T) -> Checked + Send + Sync + 'static,
) -> Variant {
    Variant::holds(name, move || checked(&run, &check))
}

/// As [`holds`], for a variant that breaks and reports how.
fn breaks<T>(
    name: &'static str,
    run: impl Fn(&Path) -> io::Result<T> + Send + Sync + 'static,
    check: impl Fn(T) -> Checked + Send + Sync + 'static,
) -> Variant {
    Variant::breaks(name, move || checked(&run, &check))
}

/// Returns a variant that never returns. Its children are in its process group, and end with it.
fn deadlocks<T: Debug + 'static>(name: &'static str, run: fn(&Path) -> io::Result<T>) -> Variant {
    Variant::deadlocks(name, move || with_children(run))
}

/// Returns a check that the result is the wanted one.
fn is<T: PartialEq<W> + Debug, W: Debug>(wanted: W, line: &'static str) -> impl Fn(T) -> Checked {
    move |result| {
        let wrong = || format!("it is not so that {line:?}: {result:?} came out, not {wanted:?}");
        if result == wanted { Ok(Report::new(line)) } else { Err(wrong()) }
    }
}

/// Returns the one variant of a lesson that this system cannot show.
#[cfg(not(target_os = "linux"))]
fn not_here(why: &'static str) -> [Variant; 1] {
    let story = "This system does not have what the lesson shows.";
    [Variant::holds("linux-only", move || Ok(Report::not_here(why))).story(story)]
}
