//! The lessons, each with its forms: what runs for real, what has to come out.

use std::path::PathBuf;

use kit::child::program;
use process_pool::Error;

mod ends;
mod failures;
mod many;
mod tasks;
mod workers;

pub(crate) use ends::{callback, lock, shutdown};
pub(crate) use failures::{crash, poison, timeout};
pub(crate) use many::{as_completed, chunk, map};
pub(crate) use tasks::submit;
pub(crate) use workers::{initializer, retire, versus_threads};

/// Runs a lesson on workers that are this program.
fn ran<R, E: ToString>(run: impl FnOnce(&std::path::Path) -> Result<R, E>) -> Result<R, String> {
    let program: PathBuf = program().map_err(|error| error.to_string())?;
    run(&program).map_err(|error| error.to_string())
}

/// Writes what is said of a task, if something is.
fn said(error: Option<&Error>) -> String {
    error.map_or_else(|| "nothing".to_owned(), ToString::to_string)
}
