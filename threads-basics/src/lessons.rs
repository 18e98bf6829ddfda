//! The lessons as they are shown, a file each: title, story, options, variants.

use std::io;
use std::path::Path;
use std::time::Duration;

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
pub(crate) mod versus_process;
pub(crate) mod worker;

/// How long a step lasts, so that a picture shows it.
const PACE: Duration = Duration::from_millis(10);

/// Runs a part of a lesson that has this program as its child.
fn with_children<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    kit::child::program().and_then(|program| run(&program)).map_err(|error| error.to_string())
}
