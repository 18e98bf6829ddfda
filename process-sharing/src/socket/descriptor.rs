//! Open files that are passed from process to process (`SCM_RIGHTS`), and the pair of sockets that
//! they, or messages, go through.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::io::{Errno, FdFlags, fcntl_setfd, retry_on_intr};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags,
    SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg,
    sendmsg, socketpair,
};

/// A send whose other end is closed is an error, and no SIGPIPE, whatever this process does with
/// that.
#[cfg(target_os = "linux")]
pub(crate) const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;
/// Other systems have no such flag, and std ignores SIGPIPE from the start.
#[cfg(not(target_os = "linux"))]
pub(crate) const NO_SIGNAL: SendFlags = SendFlags::empty();

/// Makes two connected sockets of a type, which no program inherits that this process starts.
///
/// # Errors
/// The process is out of descriptors, or the system has no sockets of this type
/// ([`Unsupported`](io::ErrorKind::Unsupported)): macOS has no `SEQPACKET`.
pub(crate) fn pair(kind: SocketType) -> io::Result<(OwnedFd, OwnedFd)> {
    #[cfg(target_os = "linux")]
    let flags = SocketFlags::CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = SocketFlags::empty();
    let pair = socketpair(AddressFamily::UNIX, kind, flags, None).map_err(|error| match error {
        Errno::PROTONOSUPPORT => io::Error::new(
            io::ErrorKind::Unsupported,
            "this system has no sockets that keep the boundaries of messages (SOCK_SEQPACKET)",
        ),
        error => error.into(),
    })?;
    // Where it is no flag of the call, a child that another thread starts just now inherits both.
    if flags.is_empty() {
        fcntl_setfd(&pair.0, FdFlags::CLOEXEC)?;
        fcntl_setfd(&pair.1, FdFlags::CLOEXEC)?;
    }
    Ok(pair)
}

/// Sends a byte, and with it a descriptor: the other process gets one of its own, under another
/// number, of the same open file description.
///
/// ```
/// use std::io::{Read, Write};
/// use std::os::fd::AsFd;
/// use std::os::unix::net::UnixStream;
///
/// use process_sharing::socket::{receive_descriptor, send_descriptor};
///
/// let (here, there) = UnixStream::pair()?;
/// let (read, mut write) = std::io::pipe()?;
/// send_descriptor(&here, read.as_fd())?;
/// let received = receive_descriptor(&there)?.expect("one was sent");
/// write.write_all(b"through it")?;
/// drop(write);
/// let mut text = String::new();
/// std::io::PipeReader::from(received).read_to_string(&mut text)?;
/// assert_eq!(text, "through it");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// The other end is closed.
pub fn send_descriptor(stream: &UnixStream, descriptor: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    // There is space for one, and it is one.
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    let byte = [IoSlice::new(&[0])];
    retry_on_intr(|| sendmsg(stream, &byte, &mut ancillary, NO_SIGNAL))?;
    Ok(())
}

/// Receives what [`send_descriptor`] has sent; `None` if the byte came without one, or the other
/// end is closed.
///
/// # Errors
/// One was sent, and this process has no room for another open file; or more were sent than there
/// is space for. What was sent is lost then.
pub fn receive_descriptor(stream: &UnixStream) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    // Close-on-exec from the first moment: a child that another thread starts just now shall not
    // inherit it.
    #[cfg(target_os = "linux")]
    let flags = RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = RecvFlags::empty();
    let received = retry_on_intr(|| {
        recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut ancillary, flags)
    })?;
    // The kernel has closed what it could not hand over, and says no more than this.
    if received.flags.contains(ReturnFlags::CTRUNC) {
        let why = "a descriptor was sent, and this process had no room for it: raise its limit of \
                   open files";
        return Err(io::Error::other(why));
    }
    Ok(ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    }))
}
