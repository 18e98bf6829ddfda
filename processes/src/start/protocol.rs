//! The protocol between a fork server and its zygote. A message is JSON, and with it open files.
//!
//! The socket keeps message boundaries (`SOCK_SEQPACKET`), so one call receives what one call has
//! sent: a packet. A message is one packet or several, the last of which is not full. On a stream,
//! Linux wakes a peer that waits for an answer twice: the first time when its request is read, for
//! it could send more.
//!
//! A message of one packet takes no allocation: each page that a zygote writes to after a fork is a
//! page that the kernel copies.
//!
//! A descriptor is a number that means something in its own process only. A message of the kind
//! `SCM_RIGHTS` makes the kernel give the receiver a descriptor of the same open file, under a
//! number that is free there.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::{MaybeUninit, take};
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::{Errno, retry_on_intr};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags,
    SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg,
    sendmsg, socketpair,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most open files that go with a message: standard output and standard error.
const FILES: usize = 2;

/// The most bytes of a packet.
const PACKET: usize = 256;

#[cfg(target_os = "linux")]
const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;
/// Other systems have no such flag, and std ignores SIGPIPE from the start.
#[cfg(not(target_os = "linux"))]
const NO_SIGNAL: SendFlags = SendFlags::empty();

/// Returns the two ends of a socket for [`send`] and [`receive`].
pub(super) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    #[cfg(target_os = "linux")]
    let (kind, flags) = (SocketType::SEQPACKET, SocketFlags::CLOEXEC);
    // Elsewhere there is no fork server; a byte there and a byte back do with a stream.
    #[cfg(not(target_os = "linux"))]
    let (kind, flags) = (SocketType::STREAM, SocketFlags::empty());
    Ok(socketpair(AddressFamily::UNIX, kind, flags, None)?)
}

/// Sends a message, and open files with it.
///
/// # Errors
/// [`TimedOut`](io::ErrorKind::TimedOut): the socket has a timeout, and no room for a packet of it.
pub(super) fn send(
    socket: BorrowedFd<'_>,
    message: &impl Serialize,
    mut files: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let mut packet = [0; PACKET - 1];
    let mut room = &mut packet[..];
    if serde_json::to_writer(&mut room, message).is_ok() {
        let length = PACKET - 1 - room.len();
        return send_packet(socket, &packet[..length], files);
    }
    let mut long = serde_json::to_vec(message)?;
    if long.len().is_multiple_of(PACKET) {
        // A space after JSON changes nothing, and makes a last packet that is not full.
        long.push(b' ');
    }
    long.chunks(PACKET).try_for_each(|packet| send_packet(socket, packet, take(&mut files)))
}

/// Sends a packet, and open files with it.
///
/// # Errors
/// As [`send`].
pub(super) fn send_packet(
    socket: BorrowedFd<'_>,
    packet: &[u8],
    files: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(files)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let packet = [IoSlice::new(packet)];
    match retry_on_intr(|| sendmsg(socket, &packet, &mut control, NO_SIGNAL)) {
        // The kernel reports this once, when the peer has ended without having read everything.
        Err(Errno::CONNRESET) => Err(Errno::PIPE.into()),
        Err(Errno::AGAIN) => Err(io::ErrorKind::TimedOut.into()),
        sent => Ok(sent.map(drop)?),
    }
}

/// The open files that came with a message; an error if one of them was lost on the way.
pub(super) type Files = io::Result<[Option<OwnedFd>; FILES]>;

/// Receives a message, and the open files that came with it; `None` if the peer has closed the
/// socket.
///
/// # Errors
/// [`TimedOut`](io::ErrorKind::TimedOut): the socket has a timeout, and no packet has come. After
/// any error, the next packet need not begin a message.
pub(super) fn receive<T: DeserializeOwned>(
    socket: BorrowedFd<'_>,
) -> io::Result<Option<(T, Files)>> {
    let mut packet = [0; PACKET];
    let Some((mut length, files)) = receive_packet(socket, &mut packet)? else { return Ok(None) };
    if length < PACKET {
        return Ok(Some((serde_json::from_slice(&packet[..length])?, files)));
    }
    let mut long = packet.to_vec();
    while length == PACKET {
        let next = receive_packet(socket, &mut packet)?;
        (length, _) = next.ok_or(io::ErrorKind::UnexpectedEof)?;
        long.extend_from_slice(&packet[..length]);
    }
    Ok(Some((serde_json::from_slice(&long)?, files)))
}

/// Receives a packet, and the open files that came with it; returns its length, and `None` if the
/// peer has closed the socket.
///
/// # Errors
/// [`TimedOut`](io::ErrorKind::TimedOut): the socket has a timeout, and no packet has come.
pub(super) fn receive_packet(
    socket: BorrowedFd<'_>,
    packet: &mut [u8],
) -> io::Result<Option<(usize, Files)>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    // Close-on-exec is set by the same call, so that no child inherits the file that another thread
    // starts at this moment. Other systems have no such call.
    #[cfg(target_os = "linux")]
    let flags = RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = RecvFlags::empty();
    let received = || recvmsg(socket, &mut [IoSliceMut::new(packet)], &mut control, flags);
    let received = match retry_on_intr(received) {
        // The kernel reports this when the peer ends without having read everything.
        Err(Errno::CONNRESET) => return Ok(None),
        Err(Errno::AGAIN) => return Err(io::ErrorKind::TimedOut.into()),
        Err(error) => return Err(error.into()),
        Ok(received) if received.bytes == 0 => return Ok(None),
        Ok(received) => received,
    };
    let mut files = [const { None }; FILES];
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            files.iter_mut().zip(descriptors).for_each(|(file, came)| *file = Some(came));
        }
    }
    // If this process has no descriptor free, the kernel drops the file and sets only this flag.
    if received.flags.contains(ReturnFlags::CTRUNC) {
        let why = "an open file was lost: this process has no descriptor left for it";
        return Ok(Some((received.bytes, Err(io::Error::other(why)))));
    }
    Ok(Some((received.bytes, Ok(files))))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::File;
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn a_message_of_each_length_arrives_whole_and_its_file_with_it_once() {
        let (ours, theirs) = pair().expect("there is room for a socket");
        let null = File::open("/dev/null").expect("every Linux has it");
        // With its quotes it is shorter than a packet, as long, and longer: by one byte and more.
        for length in
            [0, 1, PACKET - 4, PACKET - 3, PACKET - 2, PACKET - 1, 5 * PACKET - 2, 5 * PACKET]
        {
            let message = "x".repeat(length);
            send(ours.as_fd(), &message, &[null.as_fd()]).expect("there is room for it");
            send(ours.as_fd(), &length, &[]).expect("there is room for it");
            let came = receive::<String>(theirs.as_fd()).expect("it is a message");
            assert!(matches!(came, Some((came, Ok([Some(_), None]))) if came == message));
            let came = receive::<usize>(theirs.as_fd()).expect("it is a message");
            assert!(matches!(came, Some((came, Ok([None, None]))) if came == length));
        }
        drop(ours);
        assert!(receive::<()>(theirs.as_fd()).expect("it is closed").is_none());
    }

    #[test]
    fn a_peer_that_ends_with_a_message_unread_is_a_broken_pipe() {
        let (ours, theirs) = pair().expect("there is room for a socket");
        send(ours.as_fd(), &1, &[]).expect("there is room for it");
        drop(theirs);
        for _ in 0..2 {
            let error = send(ours.as_fd(), &2, &[]).expect_err("nobody receives it");
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        }
    }

    #[test]
    fn a_message_that_is_cut_off_between_its_packets_is_an_error() {
        let (ours, theirs) = pair().expect("there is room for a socket");
        send_packet(ours.as_fd(), &[b' '; PACKET], &[]).expect("there is room for it");
        drop(ours);
        let error = receive::<u32>(theirs.as_fd()).expect_err("its end is missing");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
