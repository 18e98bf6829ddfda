//! A channel between two processes: messages of any length through a pair of connected sockets.
//!
//! Each message is framed by its length. The sockets have no name, so they need no folder and leave
//! no file: a worker is handed them by its parent (`SCM_RIGHTS`). A pair serves one direction: Linux
//! also wakes a thread that receives when its peer has read what it sent, and here it has sent
//! nothing.

use std::io::{self, ErrorKind, Read};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rustix::cmsg_space;
use rustix::io::{Errno, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recv, recvmsg, send, sendmsg,
};

/// The number of bytes at the start of a message that hold its length: its writer leaves room.
pub(crate) const HEAD: usize = 8;
/// The number of bytes that a receiver asks for at a time, and that a sender counts as progress.
const PIECE: usize = 64 * 1024;
/// A length up to this is believed before the bytes are there.
const BELIEVED: usize = 16 << 20;

/// A broken channel is an error (EPIPE) and no signal.
#[cfg(not(target_vendor = "apple"))]
const QUIET: SendFlags = SendFlags::NOSIGNAL;
#[cfg(target_vendor = "apple")]
const QUIET: SendFlags = SendFlags::empty();
#[cfg(target_os = "linux")]
const NOT_INHERITED: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(target_os = "linux"))]
const NOT_INHERITED: RecvFlags = RecvFlags::empty();

/// The sending end of a channel.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    socket: Arc<UnixStream>,
    /// The number of pieces that were sent: while it grows, the receiver reads.
    sent: Arc<AtomicU64>,
}

impl Sender {
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self { socket: Arc::new(socket), sent: Arc::default() }
    }

    pub(crate) fn socket(&self) -> &Arc<UnixStream> {
        &self.socket
    }

    /// Returns the counter of the pieces that were sent.
    pub(crate) fn sent(&self) -> &Arc<AtomicU64> {
        &self.sent
    }

    /// Sends a message whose first [`HEAD`] bytes are room for its length.
    ///
    /// # Errors
    /// The receiver is gone, or the system refuses. It is not known how much was sent.
    pub(crate) fn send(&self, mut message: Vec<u8>) -> io::Result<()> {
        head(&mut message);
        for mut piece in message.chunks(PIECE) {
            while !piece.is_empty() {
                piece = &piece[retry_on_intr(|| send(&self.socket, piece, QUIET))?..];
            }
            // Relaxed: the count is only compared with an earlier one.
            self.sent.fetch_add(1, Relaxed);
        }
        Ok(())
    }

    /// Sends a small message if there is room for it, and never blocks; returns whether it did.
    pub(crate) fn try_send(&self, mut message: Vec<u8>) -> bool {
        head(&mut message);
        // A Unix stream socket takes a few bytes as a whole, or none of them.
        send(&self.socket, &message, QUIET | SendFlags::DONTWAIT) == Ok(message.len())
    }

    /// Sends descriptors, ahead of the first message.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub(crate) fn send_descriptors(
        &self,
        descriptors: [BorrowedFd<'_>; DESCRIPTORS],
    ) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
            return Err(io::Error::other("the space is too small for the descriptors"));
        }
        let byte = [io::IoSlice::new(&[0])];
        retry_on_intr(|| sendmsg(&self.socket, &byte, &mut control, QUIET))?;
        Ok(())
    }
}

fn head(message: &mut [u8]) {
    let length = (message.len() - HEAD) as u64;
    message[..HEAD].copy_from_slice(&length.to_le_bytes());
}

/// The number of descriptors that a worker is handed.
pub(crate) const DESCRIPTORS: usize = 4;

/// Receives the descriptors that are sent ahead of the first message.
///
/// # Errors
/// The socket is no channel, its other end is closed, or this process has no room for them.
pub(crate) fn receive_descriptors(socket: &UnixStream) -> io::Result<[OwnedFd; DESCRIPTORS]> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let received = retry_on_intr(|| {
        recvmsg(socket, &mut [io::IoSliceMut::new(&mut byte)], &mut control, NOT_INHERITED)
    })?;
    let mut descriptors = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            descriptors.extend(received);
        }
    }
    if received.bytes == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    if received.flags.contains(ReturnFlags::CTRUNC) {
        return Err(Errno::MFILE.into());
    }
    descriptors.try_into().map_err(|_| io::Error::other("some of the descriptors are missing"))
}

/// The receiving end of a channel.
#[derive(Debug)]
pub(crate) struct Receiver {
    socket: Arc<UnixStream>,
    /// The bytes that were read and not returned yet.
    buffer: Box<[u8]>,
    ahead: std::ops::Range<usize>,
}

impl Receiver {
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self { socket: Arc::new(socket), buffer: vec![0; PIECE].into(), ahead: 0..0 }
    }

    pub(crate) fn socket(&self) -> &Arc<UnixStream> {
        &self.socket
    }

    /// Receives a message; or, if there is none, and it is not to wait for one, nothing.
    ///
    /// # Errors
    /// The sender is gone, or the system refuses.
    pub(crate) fn receive(&mut self, waits: bool) -> io::Result<Option<Vec<u8>>> {
        while self.ahead.len() < HEAD {
            if !self.fill(waits || !self.ahead.is_empty())? {
                return Ok(None);
            }
        }
        let (length, _) =
            self.buffer[self.ahead.clone()].split_first_chunk().expect("it was filled");
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(io::Error::other)?;
        self.ahead.start += HEAD;
        let here = length.min(self.ahead.len());
        let mut message = Vec::with_capacity(length.min(BELIEVED));
        message.extend(&self.buffer[self.ahead.start..][..here]);
        self.ahead.start += here;
        (&*self.socket).take((length - here) as u64).read_to_end(&mut message)?;
        if message.len() < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(message))
    }

    /// Reads what there is; returns whether there was something.
    fn fill(&mut self, waits: bool) -> io::Result<bool> {
        // Less than a length is left over: it moves to the start, so that there is room behind it.
        self.buffer.copy_within(self.ahead.clone(), 0);
        self.ahead = 0..self.ahead.len();
        let flags = if waits { RecvFlags::empty() } else { RecvFlags::DONTWAIT };
        let room = &mut self.buffer[self.ahead.end..];
        match retry_on_intr(|| recv(&self.socket, &mut *room, flags)) {
            Ok((_, 0)) => Err(ErrorKind::UnexpectedEof.into()),
            Ok((_, read)) => {
                self.ahead.end += read;
                Ok(true)
            }
            Err(Errno::AGAIN) if !waits => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Shuts a channel down, whatever other process has a descriptor of it. A thread that blocks in it
/// is woken, and what was sent before can still be received.
pub(crate) fn end(socket: &UnixStream) {
    // On other systems a shutdown would lose what was sent.
    if cfg!(target_os = "linux") {
        // It fails if it is not connected any more.
        let _ = socket.shutdown(std::net::Shutdown::Both);
    }
}
