//! Standard error, held shut.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// Gives standard error back when it is dropped.
pub(crate) struct Quiet(OwnedFd);

/// Sends standard error nowhere until the guard is dropped.
pub(crate) fn stderr() -> io::Result<Quiet> {
    let before = io::stderr().as_fd().try_clone_to_owned()?;
    let nowhere = OpenOptions::new().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stderr(nowhere)?;
    Ok(Quiet(before))
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // The descriptor was standard error before: the kernel takes it again.
        let _ = rustix::stdio::dup2_stderr(&self.0);
    }
}
