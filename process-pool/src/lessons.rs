//! The lessons, a file each, and how each is run and checked.

use std::path::Path;

use process_pool::observer::Observer;
use stage::Checked;

pub(crate) mod as_completed;
pub(crate) mod callback;
pub(crate) mod chunk;
pub(crate) mod crash;
pub(crate) mod initializer;
pub(crate) mod lock;
pub(crate) mod map;
pub(crate) mod poison;
pub(crate) mod retire;
pub(crate) mod shutdown;
pub(crate) mod submit;
pub(crate) mod timeout;
pub(crate) mod versus_threads;

/// Runs a lesson on workers that are this program, and checks what came out.
fn run<R, E: ToString>(
    lesson: impl FnOnce(&Path) -> Result<R, E>,
    check: impl FnOnce(R) -> Checked,
) -> Checked {
    let program = kit::child::program().map_err(|error| error.to_string())?;
    check(lesson(&program).map_err(|error| error.to_string())?)
}

/// Runs a lesson under an observer of its workers, and checks what came out. A pool that has fewer
/// workers than it was asked for is a fact of the report.
fn observe<R, E: ToString>(
    lesson: impl FnOnce(&Observer) -> Result<R, E>,
    check: impl FnOnce(R) -> Checked,
) -> Checked {
    run(Observer::new, |observer| {
        let report = check(lesson(&observer).map_err(|error| error.to_string())?)?;
        Ok(match observer.shortage() {
            Some(why) => report.fact("workers", why),
            None => report,
        })
    })
}
