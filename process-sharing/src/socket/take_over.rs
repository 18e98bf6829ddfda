//! The path of a server that was killed.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

/// Binds a path. If it is taken, but no process listens there, removes it and binds again.
///
/// Two processes that do so at once may both find no listener, and the second remove what the first
/// has just bound: where that can happen, a file lock beside the socket has to exclude it.
///
/// # Errors
/// A process listens there, or the folder cannot be written to.
pub fn bind_or_take_over(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => match UnixStream::connect(path) {
            Err(refused) if refused.kind() == ErrorKind::ConnectionRefused => {
                fs::remove_file(path)?;
                UnixListener::bind(path)
            }
            _ => Err(error),
        },
        bound => bound,
    }
}
