//! What goes over the socket between a fork server and its template: a length, that much JSON, and
//! with it open files.
//!
//! A descriptor is a number that means something in its own process only. A message of the kind
//! `SCM_RIGHTS` makes the kernel open the same file in the process that receives it, under whatever
//! number is free there.

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

/// How many open files go with a message, at the most: the three standard streams.
const FILES: usize = 3;

/// Sends a message, and open files with it.
pub(crate) fn send(
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
    // Whatever fits goes now, and with its first byte the files; a long message takes several
    // turns.
    let whole = [IoSlice::new(&frame)];
    let mut sent = retry_on_intr(|| sendmsg(socket, &whole, &mut control, SendFlags::NOSIGNAL))?;
    while sent < frame.len() {
        sent += retry_on_intr(|| write(socket, &frame[sent..]))?;
    }
    Ok(())
}

/// The open files that came with a message; an error if one of them was lost on the way.
type Files = io::Result<Vec<OwnedFd>>;

/// Receives a message, and the open files that came with it; `None` if the other side is gone.
///
/// # Errors
/// [`TimedOut`](io::ErrorKind::TimedOut): the socket has a timeout, and no message has begun. After
/// every other error, what comes next is not the beginning of a message.
pub(crate) fn receive<T: DeserializeOwned>(
    socket: BorrowedFd<'_>,
) -> io::Result<Option<(T, Files)>> {
    let mut length = [0; size_of::<u32>()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    // Close-on-exec from the first moment: a child that another thread starts just now shall not
    // have it. Not everywhere is there such a moment.
    #[cfg(target_os = "linux")]
    let flags = RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = RecvFlags::empty();
    let received = || recvmsg(socket, &mut [IoSliceMut::new(&mut length)], &mut control, flags);
    let received = match retry_on_intr(received) {
        Ok(received) => received,
        Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
        // So the kernel reports an end that has left something unread.
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
    // The kernel cuts off what it has no descriptor for in this process, and says so by this flag
    // alone.
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
