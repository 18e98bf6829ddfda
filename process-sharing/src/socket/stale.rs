//! The path that a killed server leaves.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use crate::names::Names;
use crate::part::Part;
use crate::peer::{Parent, Peer};

/// Binds a path. If it is taken, and nobody listens there, removes it and binds again.
///
/// Two that do so at once may both find nobody, and the second remove what the first has just
/// bound: where that can happen, a file lock beside the socket keeps them apart.
///
/// # Errors
/// Someone listens there, or the folder is not to be written to.
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

/// A server binds a path and is killed; returns what a second one gets that binds the path again.
///
/// # Errors
/// The first one cannot bind it, or the child fails.
pub fn bound_again(program: &Path) -> io::Result<Option<ErrorKind>> {
    after_a_kill(program, |path| UnixListener::bind(path))
}

/// A server binds a path and is killed; returns what a second one gets that takes the path over.
///
/// # Errors
/// The first one cannot bind it, or the child fails.
pub fn taken_over(program: &Path) -> io::Result<Option<ErrorKind>> {
    after_a_kill(program, bind_or_take_over)
}

fn after_a_kill(
    program: &Path,
    bind: fn(&Path) -> io::Result<UnixListener>,
) -> io::Result<Option<ErrorKind>> {
    let names = Names::new(program)?;
    let path = names.path("socket");
    let mut server = Peer::start(program, Part::Socket, "server")?;
    server.tell(path.display())?;
    server.tell("bind")?;
    server.expect("bound")?;
    server.kill()?;
    Ok(bind(&path).err().map(|error| error.kind()))
}

/// The first server's part: binds the path and waits to be killed.
pub(super) fn bind_and_stay(parent: &Parent, path: &str) -> io::Result<()> {
    let _listener = UnixListener::bind(path)?;
    parent.tell("bound")?;
    parent.told().map(drop)
}
