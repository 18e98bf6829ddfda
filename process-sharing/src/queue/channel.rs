//! A bounded queue with any number of producers and consumers in any number of processes.
//!
//! It consists of one pair of connected sockets that keep message boundaries (`SOCK_SEQPACKET`).
//! All producers share copies of one end, all consumers copies of the other; the kernel gives each
//! message to one receiver. Permits bound the queue, messages of two bytes that go the other way:
//! at the beginning there is one for each place, a producer receives one before it sends, and a
//! consumer sends it back. So the kernel has room for each message whose producer has a permit:
//! [`bounded`] tries it out, for values of the longest kind.
//!
//! There is no lock that a killed process could leave locked. A permit can be lost: a producer that
//! is killed between its permit and its message takes the permit with it, a consumer between a
//! message and its permit both. From then on the queue has one place less; a queue with one place
//! takes no more, and has to be made anew.
//!
//! Python's `multiprocessing.Queue` is a pipe, two locks and a semaphore, with a thread in each
//! producer that does the sending. It loses places in the same way, for a producer acquires the
//! semaphore before its thread sends; and a process that is killed while it holds one of the two
//! locks stops all others.

use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rustix::io::{Errno, retry_on_intr};
use rustix::net::sockopt::{set_socket_send_buffer_size, socket_send_buffer_size};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketFlags, SocketType, recv, send, shutdown,
    socketpair,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::message::{Error, decode};

/// The length of the longest value in bytes, and one that every queue takes.
const LONGEST: usize = 4096;
const SURE: usize = 512;
/// The most that the kernel needs for the longest value.
const COST: usize = 3 * LONGEST;

/// The producers' end of a [`bounded`] queue.
#[derive(Debug)]
pub struct Sender<T> {
    end: OwnedFd,
    /// The length of the longest value that the queue takes; 0 if no permit has told it yet.
    /// Relaxed: it publishes nothing else.
    longest: AtomicUsize,
    value: PhantomData<fn(T)>,
}

/// The consumers' end of a [`bounded`] queue.
#[derive(Debug)]
pub struct Receiver<T>(OwnedFd, PhantomData<fn() -> T>);

/// Makes a queue with room for `capacity` values, 1 to 128, of up to 4 KiB each once they are
/// encoded.
///
/// The kernel holds the values, and limits a socket's buffer (Linux: by `net.core.wmem_max`). Where
/// that is too small for `capacity` values of 4 KiB, the queue takes shorter values only, but 512
/// bytes at the least. With the usual limit, this happens to queues of more than 50 values.
///
/// ```
/// use process_sharing::queue::{Error, bounded};
///
/// let (sender, receiver) = bounded(1)?;
/// sender.send(&7)?;
/// assert!(matches!(sender.try_send(&8), Err(Error::NotNow)));
/// drop(sender);
/// assert_eq!(receiver.receive()?, 7);
/// assert!(matches!(receiver.receive(), Err(Error::Closed)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
/// If the capacity is not from 1 to 128.
///
/// # Errors
/// The system has no room for it, or no such sockets (macOS), or the process is out of descriptors.
pub fn bounded<T: Serialize + DeserializeOwned>(
    capacity: usize,
) -> io::Result<(Sender<T>, Receiver<T>)> {
    assert!((1..=128).contains(&capacity), "a queue has room for 1 to 128 values");
    let (ours, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    for end in [&ours, &theirs] {
        if socket_send_buffer_size(end)? < capacity * COST {
            // The system may grant less, or nothing: the room is tried out next.
            let _ = set_socket_send_buffer_size(end, capacity * COST);
        }
    }
    let lengths = (SURE..=LONGEST).rev().step_by(SURE);
    let longest = lengths.into_iter().find(|length| has_room(&ours, &theirs, capacity, *length));
    let none =
        || io::Error::other(format!("the system's sockets have no room for {capacity} values"));
    let longest = longest.ok_or_else(none)?;
    for _ in 0..capacity {
        send(&theirs, &(longest as u16).to_le_bytes(), SendFlags::NOSIGNAL | SendFlags::DONTWAIT)?;
    }
    Ok((sender(ours, longest), Receiver(theirs, PhantomData)))
}

fn sender<T>(end: OwnedFd, longest: usize) -> Sender<T> {
    Sender { end, longest: longest.into(), value: PhantomData }
}

/// Tells whether `count` values of this length can lie between the two ends, by sending and
/// receiving them.
fn has_room(from: &OwnedFd, to: &OwnedFd, count: usize, length: usize) -> bool {
    let message = &mut [0; PERMIT + LONGEST][..PERMIT + length];
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    let sent = (0..count).take_while(|_| send(from, message, flags).is_ok()).count();
    let received = (0..sent)
        .filter(|_| retry_on_intr(|| recv(to, &mut *message, RecvFlags::empty())).is_ok())
        .count();
    sent == count && received == count
}

/// The length of a permit. A permit holds the length of the longest value that the queue takes: an
/// end that was handed over has nothing but its socket. A message begins with its permit, which the
/// consumer sends back.
const PERMIT: usize = 2;

/// Receives a message; one of length 0 is the end.
fn take(end: &OwnedFd, flags: RecvFlags) -> Result<Vec<u8>, Error> {
    let mut message = [0; PERMIT + LONGEST];
    loop {
        match recv(end, &mut message, flags) {
            Ok((0, _)) => return Err(Error::Closed),
            Ok((length, _)) => return Ok(message[..length].to_vec()),
            // The other side is gone, and had not received everything. The kernel says so once,
            // before the messages that are still there.
            Err(Errno::CONNRESET | Errno::INTR) => {}
            Err(Errno::AGAIN) => return Err(Error::NotNow),
            Err(error) => return Err(io::Error::from(error).into()),
        }
    }
}

impl<T: Serialize> Sender<T> {
    /// Sends a value.
    ///
    /// # Errors
    /// The queue is closed, or the value too long. After an error of the system ([`Io`](Error::Io))
    /// the queue may have one place less.
    ///
    /// # Blocking
    /// While the queue is full, without a timeout.
    pub fn send(&self, value: &T) -> Result<(), Error> {
        self.put(value, RecvFlags::empty())
    }

    /// Sends a value if there is room.
    ///
    /// # Errors
    /// The queue is full ([`NotNow`](Error::NotNow)); or as [`send`](Self::send).
    pub fn try_send(&self, value: &T) -> Result<(), Error> {
        self.put(value, RecvFlags::DONTWAIT)
    }

    fn put(&self, value: &T, flags: RecvFlags) -> Result<(), Error> {
        let mut message =
            postcard::to_extend(value, vec![0; PERMIT]).map_err(|_| Error::Malformed)?;
        let length = message.len() - PERMIT;
        if length > LONGEST || length > SURE && length > self.longest(flags)? {
            return Err(Error::Malformed);
        }
        message[..PERMIT]
            .copy_from_slice(take(&self.end, flags)?.get(..PERMIT).ok_or(Error::Malformed)?);
        loop {
            // There is room for it: that is what a permit is.
            match send(&self.end, &message, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
                Ok(_) => return Ok(()),
                Err(Errno::INTR | Errno::CONNRESET) => {}
                Err(error) => return Err(io::Error::from(error).into()),
            }
        }
    }

    /// Returns the length of the longest value that the queue takes. The first time, it reads it off
    /// a permit, which it leaves where it is.
    fn longest(&self, flags: RecvFlags) -> Result<usize, Error> {
        match self.longest.load(Relaxed) {
            0 => {
                let permit = take(&self.end, flags | RecvFlags::PEEK)?;
                let longest =
                    permit.try_into().map(u16::from_le_bytes).map_err(|_| Error::Malformed)?;
                self.longest.store(longest.into(), Relaxed);
                Ok(longest.into())
            }
            longest => Ok(longest),
        }
    }
}

impl<T: DeserializeOwned> Receiver<T> {
    /// Receives a value.
    ///
    /// # Errors
    /// The queue is closed and empty; or the message is no value of the type, and has been taken
    /// out.
    ///
    /// # Blocking
    /// While the queue is empty, without a timeout.
    ///
    /// # Fairness
    /// None: of several consumers, one may get everything.
    pub fn receive(&self) -> Result<T, Error> {
        self.get(RecvFlags::empty())
    }

    /// Receives a value if there is one.
    ///
    /// # Errors
    /// The queue is empty ([`NotNow`](Error::NotNow)); or as [`receive`](Self::receive).
    pub fn try_receive(&self) -> Result<T, Error> {
        self.get(RecvFlags::DONTWAIT)
    }

    fn get(&self, flags: RecvFlags) -> Result<T, Error> {
        let message = take(&self.0, flags)?;
        let (permit, value) = message.split_first_chunk::<PERMIT>().ok_or(Error::Malformed)?;
        // It fails if no producer is left to take it.
        let _ = send(&self.0, permit, SendFlags::NOSIGNAL | SendFlags::DONTWAIT);
        decode(value).ok_or(Error::Malformed)
    }
}

impl<T> Sender<T> {
    /// Closes the queue for all processes, and wakes those that wait. Values that are in it can
    /// still be received.
    ///
    /// # Errors
    /// None that is known, for a connected socket.
    pub fn close(&self) -> io::Result<()> {
        Ok(shutdown(&self.end, Shutdown::Both)?)
    }
}

impl<T> AsFd for Sender<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}

impl<T> AsFd for Receiver<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl<T> From<OwnedFd> for Sender<T> {
    /// Takes an end that was handed over. All sides have to mean the same type.
    fn from(end: OwnedFd) -> Self {
        sender(end, 0)
    }
}

impl<T> From<OwnedFd> for Receiver<T> {
    /// Takes an end that was handed over. All sides have to mean the same type.
    fn from(end: OwnedFd) -> Self {
        Self(end, PhantomData)
    }
}
