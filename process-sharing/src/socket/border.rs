//! What lies between two messages: nothing, in a stream.

use std::io;
use std::path::Path;

use rustix::io::{retry_on_intr, write};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, recv, socketpair};

use crate::part::Part;
use crate::peer::Peer;

/// A client writes `one` and then `two` into a stream; returns what the first receive takes out
/// when both are there.
///
/// # Errors
/// The sockets cannot be made, or the child fails.
pub fn stream(program: &Path) -> io::Result<String> {
    two(program, SocketType::STREAM)
}

/// The same with sockets that keep messages whole, and in order.
///
/// # Errors
/// The sockets cannot be made (macOS has none of this type), or the child fails.
pub fn seqpacket(program: &Path) -> io::Result<String> {
    two(program, SocketType::SEQPACKET)
}

fn two(program: &Path, kind: SocketType) -> io::Result<String> {
    let (ours, theirs) = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?;
    use std::os::fd::AsFd;
    let mut client = Peer::handed(program, Part::TwoWrites, "client", &[theirs.as_fd()])?;
    client.expect("both are written")?;
    let mut text = [0; 64];
    let (length, _) = retry_on_intr(|| recv(&ours, &mut text, RecvFlags::empty()))?;
    client.ended()?;
    Ok(String::from_utf8_lossy(&text[..length]).into_owned())
}

/// The client's part.
pub(crate) fn two_writes(
    parent: &crate::peer::Parent,
    mut handed: impl Iterator<Item = std::os::fd::OwnedFd>,
) -> io::Result<()> {
    let socket = handed.next().ok_or(io::ErrorKind::InvalidInput)?;
    for text in [b"one", b"two"] {
        retry_on_intr(|| write(&socket, text))?;
    }
    parent.tell("both are written")
}
