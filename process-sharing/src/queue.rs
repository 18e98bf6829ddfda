//! A bounded queue with any number of producers and consumers in any number of processes.
//!
//! It is made of one pair of connected sockets that keep messages whole (`SOCK_SEQPACKET`). All producers share copies of one end,
//! all consumers copies of the other; the kernel gives each message to one of whoever receives. What bounds the queue are permits,
//! an empty-handed message each, that go the other way: as many as there is room for are there at the beginning, a producer receives one
//! before it sends, and a consumer sends it back. No lock is involved, so none can be left locked by a process that is killed.
//! A consumer that is killed in the instant between a message and its permit takes both with it: the queue has room for one less.
//!
//! Python's `multiprocessing.Queue` is a pipe, two locks and a semaphore, with a thread in each producer that does the sending.

use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketFlags, SocketType, recv, send, shutdown, socketpair,
};
use serde::{Serialize, de::DeserializeOwned};

mod lessons;

pub use lessons::{closed, consumer_killed, join_first, many, ten_numbers};
pub(crate) use lessons::{consumer, producer};

/// The longest message, in bytes.
const LONGEST: usize = 4096;

/// Says why nothing was sent or received.
#[derive(Debug)]
pub enum Error {
    /// Closed; or all of the other side are gone. What lay in the queue has been received.
    Closed,
    /// There is no room, or nothing to receive, at this moment.
    NotNow,
    /// The value is longer than 4 KiB, or what came is no value of the type.
    Malformed,
    /// Something else.
    Io(io::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Closed => f.write_str("the queue is closed"),
            Self::NotNow => f.write_str("not at this moment"),
            Self::Malformed => f.write_str("no value that the queue can carry"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

/// The producers' end.
#[derive(Debug)]
pub struct Sender<T>(OwnedFd, PhantomData<fn(T)>);

/// The consumers' end.
#[derive(Debug)]
pub struct Receiver<T>(OwnedFd, PhantomData<fn() -> T>);

/// Makes a queue with room for `capacity` values, 1 to 128.
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
/// If the capacity is not within that.
///
/// # Errors
/// The system has no room for it, or (macOS) no such sockets.
pub fn bounded<T: Serialize + DeserializeOwned>(capacity: usize) -> io::Result<(Sender<T>, Receiver<T>)> {
    assert!((1..=128).contains(&capacity), "a queue has room for 1 to 128 values");
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    let (sender, receiver) = (Sender(ours, PhantomData), Receiver(theirs, PhantomData));
    for _ in 0..capacity {
        send(&receiver.0, PERMIT, SendFlags::NOSIGNAL)?;
    }
    Ok((sender, receiver))
}

/// Not empty: an empty message could not be told from the end.
const PERMIT: &[u8] = &[0];

/// Receives a message of some length; none is the end.
fn take(end: &OwnedFd, flags: RecvFlags) -> Result<Vec<u8>, Error> {
    let mut message = [0; LONGEST];
    loop {
        match recv(end, &mut message, flags) {
            Ok((0, _)) => return Err(Error::Closed),
            Ok((length, _)) => return Ok(message[..length].to_vec()),
            // The other side is gone, and had not received everything. It is said once, before what still lies here.
            Err(Errno::CONNRESET | Errno::INTR) => {}
            Err(Errno::AGAIN) => return Err(Error::NotNow),
            Err(error) => return Err(Error::Io(error.into())),
        }
    }
}

impl<T: Serialize> Sender<T> {
    /// Sends a value.
    ///
    /// # Errors
    /// The queue is closed, or the value too long.
    ///
    /// # Blocking
    /// While the queue is full.
    pub fn send(&self, value: &T) -> Result<(), Error> {
        self.put(value, RecvFlags::empty())
    }

    /// Sends a value if there is room.
    ///
    /// # Errors
    /// There is none ([`NotNow`](Error::NotNow)), the queue is closed, or the value too long.
    pub fn try_send(&self, value: &T) -> Result<(), Error> {
        self.put(value, RecvFlags::DONTWAIT)
    }

    fn put(&self, value: &T, flags: RecvFlags) -> Result<(), Error> {
        let value =
            postcard::to_stdvec(value).ok().filter(|value| !value.is_empty() && value.len() <= LONGEST);
        let value = value.ok_or(Error::Malformed)?;
        take(&self.0, flags)?;
        loop {
            match send(&self.0, &value, SendFlags::NOSIGNAL) {
                Ok(_) => return Ok(()),
                Err(Errno::INTR | Errno::CONNRESET) => {}
                Err(Errno::PIPE) => return Err(Error::Closed),
                Err(error) => return Err(Error::Io(error.into())),
            }
        }
    }
}

impl<T: DeserializeOwned> Receiver<T> {
    /// Receives a value.
    ///
    /// # Errors
    /// The queue is closed, and empty.
    ///
    /// # Blocking
    /// While it is empty.
    ///
    /// # Fairness
    /// None: of several consumers, one may get everything.
    pub fn receive(&self) -> Result<T, Error> {
        self.get(RecvFlags::empty())
    }

    /// Receives a value if there is one.
    ///
    /// # Errors
    /// There is none ([`NotNow`](Error::NotNow)), or the queue is closed, and empty.
    pub fn try_receive(&self) -> Result<T, Error> {
        self.get(RecvFlags::DONTWAIT)
    }

    fn get(&self, flags: RecvFlags) -> Result<T, Error> {
        let value = take(&self.0, flags)?;
        // It fails if there is no producer left to want it.
        let _ = send(&self.0, PERMIT, SendFlags::NOSIGNAL);
        postcard::from_bytes(&value).map_err(|_| Error::Malformed)
    }
}

/// Closes the queue for all, in every process, and wakes whoever waits. What lies in it can still be received.
fn close(end: &OwnedFd) -> io::Result<()> {
    Ok(shutdown(end, Shutdown::Both)?)
}

impl<T> Sender<T> {
    /// Closes the queue for all, in every process, and wakes whoever waits. What lies in it can still be received.
    ///
    /// # Errors
    /// It is no socket, which it is.
    pub fn close(&self) -> io::Result<()> {
        close(&self.0)
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
    /// Takes an end that was handed over; all sides have to mean the same type.
    fn from(end: OwnedFd) -> Self {
        Self(end, PhantomData)
    }
}

impl<T> From<OwnedFd> for Receiver<T> {
    /// Takes an end that was handed over; all sides have to mean the same type.
    fn from(end: OwnedFd) -> Self {
        Self(end, PhantomData)
    }
}
