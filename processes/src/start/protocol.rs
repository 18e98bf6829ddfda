//! The protocol between a fork server and its zygote. A message is a length, JSON of that length
//! (framing: a socket has no message boundaries of its own), and with it open files.
//!
//! A descriptor is a number that means something in its own process only. A message of the kind
//! `SCM_RIGHTS` makes the kernel give the receiver a descriptor of the same open file, under a
//! number that is free there.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::{Errno, read, retry_on_intr, write};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most open files that go with a message: the three standard streams.
const FILES: usize = 3;

#[cfg(target_os = "linux")]
const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;
/// Other systems have no such flag, and std ignores SIGPIPE from the start.
#[cfg(not(target_os = "linux"))]
const NO_SIGNAL: SendFlags = SendFlags::empty();

/// Sends a message, and open files with it.
pub(super) fn send(
    socket: BorrowedFd<'_>,
    message: &impl Serialize,
    files: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let frame = [&length.to_le_bytes(), &body[..]].concat();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // The files go with the first byte. A long message takes several calls.
    let whole = [IoSlice::new(&frame)];
    let mut sent = retry_on_intr(|| sendmsg(socket, &whole, &mut control, NO_SIGNAL))?;
    while sent < frame.len() {
        sent += retry_on_intr(|| write(socket, &frame[sent..]))?;
    }
    Ok(())
}

/// The open files that came with a message; an error if one of them was lost on the way.
type Files = io::Result<Vec<OwnedFd>>;

/// Receives a message, and the open files that came with it; `None` if the peer has closed the
/// socket.
///
/// # Errors
/// [`TimedOut`](io::ErrorKind::TimedOut): the socket has a timeout, and no message has begun. After
/// any other error the framing is lost: the next byte need not begin a message.
pub(super) fn receive<T: DeserializeOwned>(
    socket: BorrowedFd<'_>,
) -> io::Result<Option<(T, Files)>> {
    let mut length = [0; size_of::<u32>()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    // Close-on-exec is set by the same call, so that no child inherits the file that another thread
    // starts at this moment. Other systems have no such call.
    #[cfg(target_os = "linux")]
    let flags = RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = RecvFlags::empty();
    let received = || recvmsg(socket, &mut [IoSliceMut::new(&mut length)], &mut control, flags);
    let received = match retry_on_intr(received) {
        Ok(received) => received,
        Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
        // The kernel reports this when the peer ends without having read everything.
        Err(Errno::CONNRESET) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let got = received.bytes;
    if got == 0 {
        return Ok(None);
    }
    let mut files = Ok(Vec::new());
    for message in control.drain() {
        if let (RecvAncillaryMessage::ScmRights(descriptors), Ok(files)) = (message, &mut files) {
            files.extend(descriptors);
        }
    }
    // If this process has no descriptor free, the kernel drops the file and sets only this flag.
    if received.flags.contains(ReturnFlags::CTRUNC) {
        files = Err(io::Error::other(
            "an open file was lost: this process has no descriptor left for it",
        ));
    }
    fill(socket, &mut length[got..])?;
    let mut body = vec![0; u32::from_le_bytes(length) as usize];
    fill(socket, &mut body)?;
    Ok(Some((serde_json::from_slice(&body)?, files)))
}

fn fill(socket: BorrowedFd<'_>, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        let got = retry_on_intr(|| read(socket, &mut *buffer))?;
        if got == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[got..];
    }
    Ok(())
}
