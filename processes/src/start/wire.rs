//! What goes over the socket between a fork server and its template: a length, that much JSON, and with it open files.
//!
//! A descriptor is a number that means something in its own process only. A message of the kind `SCM_RIGHTS` makes the kernel open the same
//! file in the process that receives it, under whatever number is free there.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::{read, retry_on_intr, write};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
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
    // Whatever fits goes now, and with its first byte the files; a long message takes several turns.
    let whole = [IoSlice::new(&frame)];
    let mut sent = retry_on_intr(|| sendmsg(socket, &whole, &mut control, SendFlags::NOSIGNAL))?;
    while sent < frame.len() {
        sent += retry_on_intr(|| write(socket, &frame[sent..]))?;
    }
    Ok(())
}

/// Receives a message, and what files came with it; `None` if the other side is gone.
pub(crate) fn receive<T: DeserializeOwned>(socket: BorrowedFd<'_>) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut length = [0; size_of::<u32>()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    // Close-on-exec from the first moment: a child that another thread starts just now shall not have it. Not everywhere is there such a moment.
    #[cfg(target_os = "linux")]
    let flags = RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = RecvFlags::empty();
    let received = || recvmsg(socket, &mut [IoSliceMut::new(&mut length)], &mut control, flags);
    let got = retry_on_intr(received)?.bytes;
    if got == 0 {
        return Ok(None);
    }
    let mut files = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            files.extend(descriptors);
        }
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
