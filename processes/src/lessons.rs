//! The lessons, a file each: what is shown of it, and what has to come out.

use std::io;
use std::path::Path;

use kit::child::program;
use processes::start::check_forks_for_parent;
use rustix::io::Errno;
use stage::{Checked, Report};

pub(crate) mod copy_on_write;
pub(crate) mod cpus;
pub(crate) mod daemon;
pub(crate) mod daemonize;
pub(crate) mod fork;
pub(crate) mod fork_count;
pub(crate) mod fork_server;
pub(crate) mod fork_with_threads;
pub(crate) mod inherited_files;
pub(crate) mod isolation;
pub(crate) mod limits;
pub(crate) mod names;
pub(crate) mod orphan;
pub(crate) mod pipeline;
pub(crate) mod signals;
pub(crate) mod spawn;
pub(crate) mod spawn_and_wait;
pub(crate) mod threads;
pub(crate) mod worker;
pub(crate) mod zombie;

/// Runs a part of a lesson with this program as its child.
fn with_child<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    program().and_then(|program| run(&program)).map_err(|error| {
        match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::AGAIN) => format!("{error}: the limit on processes is reached (ulimit -u)"),
            Some(Errno::MFILE) => {
                format!("{error}: the limit on open files is reached (ulimit -n)")
            }
            _ => error.to_string(),
        }
    })
}

/// Runs a variant that needs what only Linux has or shows.
fn on_linux(run: impl FnOnce() -> Checked) -> Checked {
    if cfg!(target_os = "linux") {
        run()
    } else {
        Ok(Report::not_here("only Linux has, or shows, what this needs"))
    }
}

/// Runs a variant that needs a fork server.
fn with_fork_server(run: impl FnOnce() -> Checked) -> Checked {
    match check_forks_for_parent() {
        Ok(()) => run(),
        Err(error) => Ok(Report::not_here(error.to_string())),
    }
}
