//! A bounded queue with any number of producers and consumers in any number of processes.
//!
//! It consists of one pair of connected sockets that keep message boundaries (`SOCK_SEQPACKET`).
//! All producers share copies of one end, all consumers copies of the other; the kernel gives each
//! message to one receiver. Permits bound the queue, messages of a byte that go the other way:
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

use rustix::io::{Errno, retry_on_intr};
use rustix::net::sockopt::{set_socket_send_buffer_size, socket_send_buffer_size};
use rustix::net::{RecvFlags, SendFlags, Shutdown, SocketType, recv, send, shutdown};
use serde::{Serialize, de::DeserializeOwned};

use crate::message::{Error, decode};
use crate::socket::{NO_SIGNAL, pair};

/// The length of the longest value in bytes.
const LONGEST: usize = 4096;
/// The most that the kernel needs for the longest value.
const COST: usize = 3 * LONGEST;

/// The producers' end of a [`bounded`] queue.
#[derive(Debug)]
pub struct Sender<T>(OwnedFd, PhantomData<fn(T)>);

/// The consumers' end of a [`bounded`] queue.
#[derive(Debug)]
pub struct Receiver<T>(OwnedFd, PhantomData<fn() -> T>);

/// Makes a queue with room for `capacity` values, 1 to 128, of up to 4 KiB each once they are
/// encoded.
///
/// The kernel holds the values, and limits a socket's buffer (Linux: by `net.core.wmem_max`): with the
/// usual limit, to some 50 values of 4 KiB.
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
/// The system's sockets have no room for the values, or there are no such sockets (macOS), or the
/// process is out of descriptors.
pub fn bounded<T: Serialize + DeserializeOwned>(
    capacity: usize,
) -> io::Result<(Sender<T>, Receiver<T>)> {
    assert!((1..=128).contains(&capacity), "a queue has room for 1 to 128 values");
    let (ours, theirs) = pair(SocketType::SEQPACKET)?;
    for end in [&ours, &theirs] {
        if socket_send_buffer_size(end)? < capacity * COST {
            // The system may grant less, or nothing: the room is tried out next.
            let _ = set_socket_send_buffer_size(end, capacity * COST);
        }
    }
    if !has_room(&ours, &theirs, capacity) {
        let why = format!("the system's sockets have no room for {capacity} values");
        return Err(io::Error::other(why));
    }
    for _ in 0..capacity {
        send(&theirs, &PERMIT, AT_ONCE)?;
    }
    Ok((Sender(ours, PhantomData), Receiver(theirs, PhantomData)))
}

/// Tells whether `count` of the longest values can lie between the two ends, by sending and receiving
/// them.
fn has_room(from: &OwnedFd, to: &OwnedFd, count: usize) -> bool {
    let message = &mut [0; PERMIT.len() + LONGEST];
    let sent = (0..count).take_while(|_| send(from, message, AT_ONCE).is_ok()).count();
    let received = (0..sent)
        .filter(|_| retry_on_intr(|| recv(to, &mut *message, RecvFlags::empty())).is_ok())
        .count();
    sent == count && received == count
}

/// A permit. A message begins with its own, which the consumer sends back: none is empty, for that is
/// the end.
const PERMIT: [u8; 1] = [0];

const AT_ONCE: SendFlags = NO_SIGNAL.union(SendFlags::DONTWAIT);

/// Receives a message; one of length 0 is the end.
fn take(end: &OwnedFd, flags: RecvFlags) -> Result<Vec<u8>, Error> {
    let mut message = [0; PERMIT.len() + LONGEST];
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

    /// Sends a value if there is room; otherwise returns [`NotNow`](Error::NotNow).
    pub fn try_send(&self, value: &T) -> Result<(), Error> {
        self.put(value, RecvFlags::DONTWAIT)
    }

    /// Closes the queue for all processes, and wakes those that wait. Values that are in it can
    /// still be received.
    pub fn close(&self) -> io::Result<()> {
        Ok(shutdown(&self.0, Shutdown::Both)?)
    }

    fn put(&self, value: &T, flags: RecvFlags) -> Result<(), Error> {
        let message = postcard::to_extend(value, PERMIT.to_vec()).map_err(|_| Error::Malformed)?;
        if message.len() > PERMIT.len() + LONGEST {
            return Err(Error::Malformed);
        }
        take(&self.0, flags)?;
        loop {
            // There is room for it: that is what a permit is.
            match send(&self.0, &message, AT_ONCE) {
                Ok(_) => return Ok(()),
                Err(Errno::INTR | Errno::CONNRESET) => {}
                Err(error) => return Err(io::Error::from(error).into()),
            }
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

    /// Receives a value if there is one; otherwise returns [`NotNow`](Error::NotNow).
    pub fn try_receive(&self) -> Result<T, Error> {
        self.get(RecvFlags::DONTWAIT)
    }

    fn get(&self, flags: RecvFlags) -> Result<T, Error> {
        let message = take(&self.0, flags)?;
        let (permit, value) = message.split_at(PERMIT.len());
        // It fails if no producer is left to take it.
        let _ = send(&self.0, permit, AT_ONCE);
        decode(value).ok_or(Error::Malformed)
    }
}

impl<T> AsFd for Sender<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
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
        Self(end, PhantomData)
    }
}

impl<T> From<OwnedFd> for Receiver<T> {
    /// Takes an end that was handed over. All sides have to mean the same type.
    fn from(end: OwnedFd) -> Self {
        Self(end, PhantomData)
    }
}
