//! A two-way pipe for values of a type, over a pair of connected stream sockets.
//!
//! A stream has no message boundaries, so each value is framed: its length goes before it. The end
//! of the stream is an error with a name, whether the other side has closed its end, has exited, or
//! was killed in the middle of a value.

use std::io::{self, Read, Write};
use std::marker::PhantomData;
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

use serde::{Serialize, de::DeserializeOwned};

use crate::message::{Error, decode};

/// The length of the longest value in bytes.
const LONGEST: u32 = 16 << 20;

/// An end of a two-way pipe, which sends `S` and receives `R`.
///
/// ```
/// use process_sharing::pipe::{Error, Pipe};
///
/// let (here, there) = Pipe::<u32, String>::pair()?;
/// here.send(&123)?;
/// assert_eq!(there.receive()?, 123);
/// drop(there);
/// assert!(matches!(here.receive(), Err(Error::Closed)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Threads may share an end: each value is sent, and received, as a whole. Processes that have
/// copies of one end do not exclude each other: one of them may send, and one receive.
#[derive(Debug)]
pub struct Pipe<S, R> {
    stream: UnixStream,
    sends: Framing,
    receives: Framing,
    types: PhantomData<fn(S) -> R>,
}

/// One direction of a stream, for one thread at a time. The flag is set while a value is under way,
/// and stays set if it was cut off: then no value will be whole any more.
#[derive(Debug, Default)]
struct Framing(Mutex<bool>);

impl Framing {
    /// Sends or receives a value; it sets the flag while it is in the middle of one.
    fn whole<T>(&self, value: impl FnOnce(&mut bool) -> Result<T, Error>) -> Result<T, Error> {
        // After a panic, the flag still tells whether a value was cut off.
        let mut middle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *middle { Err(Error::Closed) } else { value(&mut middle) }
    }
}

impl<S: Serialize, R: DeserializeOwned> Pipe<S, R> {
    /// Makes both ends.
    ///
    /// # Errors
    /// The system has no room for them.
    pub fn pair() -> io::Result<(Self, Pipe<R, S>)> {
        let (one, other) = UnixStream::pair()?;
        Ok((end(one), end(other)))
    }

    /// Sends a value.
    ///
    /// # Errors
    /// The other end is closed, or the value too long.
    ///
    /// # Blocking
    /// While the pipe is full: until the other side receives.
    pub fn send(&self, value: &S) -> Result<(), Error> {
        let value = postcard::to_stdvec(value).map_err(|_| Error::Malformed)?;
        let length = u32::try_from(value.len())
            .ok()
            .filter(|length| *length <= LONGEST)
            .ok_or(Error::Malformed)?;
        // One write: a second one would be a second system call.
        let frame = [&length.to_le_bytes(), value.as_slice()].concat();
        self.sends.whole(|middle| {
            *middle = true;
            let sent = (&self.stream).write_all(&frame);
            *middle = sent.is_err();
            Ok(sent?)
        })
    }

    /// Receives a value.
    ///
    /// # Errors
    /// The other end is closed, between two values or within one, or what came is no `R`.
    ///
    /// # Blocking
    /// Until the other side has sent one, or closed its end.
    pub fn receive(&self) -> Result<R, Error> {
        let value = self.receives.whole(|middle| {
            let mut length = [0; 4];
            // The first byte apart: an end before it lies between two values.
            (&self.stream).read_exact(&mut length[..1])?;
            *middle = true;
            let cut_off = |error| match Error::from(error) {
                Error::Closed => Error::CutOff,
                other => other,
            };
            (&self.stream).read_exact(&mut length[1..]).map_err(cut_off)?;
            let length = u32::from_le_bytes(length);
            if length > LONGEST {
                // Otherwise the other side would wait for room for what is never received.
                let _ = self.stream.shutdown(Shutdown::Both);
                return Err(Error::Malformed);
            }
            let mut value = vec![0; length as usize];
            (&self.stream).read_exact(&mut value).map_err(cut_off)?;
            *middle = false;
            Ok(value)
        })?;
        decode(&value).ok_or(Error::Malformed)
    }
}

fn end<S, R>(stream: UnixStream) -> Pipe<S, R> {
    Pipe { stream, sends: Framing::default(), receives: Framing::default(), types: PhantomData }
}

impl<S, R> AsFd for Pipe<S, R> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

impl<S, R> From<OwnedFd> for Pipe<S, R> {
    /// Takes an end that was handed over. Both sides have to mean the same types.
    fn from(end: OwnedFd) -> Self {
        self::end(end.into())
    }
}
