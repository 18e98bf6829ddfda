//! A two-way pipe for values of a type: what Python's `Pipe()` is, a pair of connected sockets.
//!
//! A stream has no borders, so each value goes with its length before it. The end of the stream is
//! an error with a name, whether the other side has closed its end, ended, or been killed in the
//! middle of a value.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::marker::PhantomData;
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Serialize, de::DeserializeOwned};
use tracing::info_span;

use crate::part::Part;
use crate::peer::{Parent, Peer, parent};

/// The longest value, in bytes: a length beyond it is no length.
const LONGEST: u32 = 16 << 20;

/// Says why nothing was sent or received.
#[derive(Debug)]
pub enum Error {
    /// The other end is closed: all of its copies are, in every process that had one. Or this end
    /// is out of step: an earlier value was cut off by an error, or had a length that is none, so
    /// that nobody knows where the next one begins.
    Closed,
    /// The other end was closed in the middle of a value.
    CutOff,
    /// The value is longer than 16 MiB, or what came cannot be a value of the type, by its length
    /// or its bytes. A value of another type may well have the bytes of one of this.
    Malformed,
    /// Something else.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the other end is closed"),
            Self::CutOff => f.write_str("the other end was closed in the middle of a value"),
            Self::Malformed => f.write_str("what came is no value of the type"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A reset: the other end was closed while something of ours lay there unread.
            ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
                Self::Closed
            }
            _ => Self::Io(error),
        }
    }
}

/// An end of a two-way pipe: `S` is sent, `R` received.
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
/// Threads may share an end: each value is sent, and received, as a whole. Copies of an end in two
/// processes are not kept apart: of those, one sends and one receives.
#[derive(Debug)]
pub struct Pipe<S, R> {
    stream: UnixStream,
    sends: InStep,
    receives: InStep,
    types: PhantomData<fn(S) -> R>,
}

/// One direction of a stream, for one thread at a time: whether it is out of step, so that no value
/// will be whole any more.
#[derive(Debug, Default)]
struct InStep(Mutex<bool>);

impl InStep {
    /// Sends or receives a value; it sets the flag while it is in the middle of one.
    fn whole<T>(&self, value: impl FnOnce(&mut bool) -> Result<T, Error>) -> Result<T, Error> {
        // Nothing panics with it; the flag would say how far it got.
        let mut middle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *middle { Err(Error::Closed) } else { value(&mut middle) }
    }
}

/// Makes a value of all of these bytes; `None` if they are none of the type, or some are left over.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (value, left_over) = postcard::take_from_bytes(bytes).ok()?;
    left_over.is_empty().then_some(value)
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
                // The other side shall not wait for what is never received.
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
    Pipe { stream, sends: InStep::default(), receives: InStep::default(), types: PhantomData }
}

impl<S, R> AsFd for Pipe<S, R> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

impl<S, R> From<OwnedFd> for Pipe<S, R> {
    /// Takes an end that was handed over; it is on both sides to mean the same types.
    fn from(end: OwnedFd) -> Self {
        self::end(end.into())
    }
}

/// The parent's end: numbers come, a number goes.
type Ours = Pipe<u32, Vec<u32>>;

/// Starts the child with its end of a pipe. The parent's copy of that end comes back too: it has to
/// be dropped.
fn start(program: &Path, does: &str) -> io::Result<(Ours, Pipe<Vec<u32>, u32>, Peer)> {
    let (ours, theirs) = Ours::pair()?;
    let mut child = Peer::handed(program, Part::Pipe, "child", &[theirs.as_fd()])?;
    child.tell(does)?;
    Ok((ours, theirs, child))
}

/// The child sends the numbers 1 to 5, the parent answers 123; returns what either has received.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn conversation(program: &Path) -> io::Result<(Vec<u32>, u32)> {
    let (ours, theirs, mut child) = start(program, "converse")?;
    drop(theirs);
    let waits = parent(|| info_span!("waits", what = "numbers", from = "child"));
    let numbers = ours.receive().map_err(io::Error::other)?;
    drop(waits);
    let waits = child.lane(|| info_span!("waits", what = "an answer", from = "parent"));
    ours.send(&123).map_err(io::Error::other)?;
    let answer = child.heard()?.parse().map_err(io::Error::other)?;
    drop(waits);
    child.ended()?;
    Ok((numbers, answer))
}

/// What a receive, and then a send, have come back with.
pub type Ended = (Result<Vec<u32>, Error>, Result<(), Error>);

/// The child ends without a word; returns what the parent's receive, and then its send, come back
/// with.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn closed(program: &Path) -> io::Result<Ended> {
    let (ours, theirs, child) = start(program, "end")?;
    drop(theirs);
    let received = ours.receive();
    child.ended()?;
    Ok((received, ours.send(&123)))
}

/// The child is killed when it has sent half a value; returns what the parent's receive comes back
/// with.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn cut_off(program: &Path) -> io::Result<Result<Vec<u32>, Error>> {
    let (ours, theirs, mut child) = start(program, "half")?;
    drop(theirs);
    child.expect("half is sent")?;
    child.kill()?;
    Ok(ours.receive())
}

/// The child ends, but the parent has kept its own copy of the child's end, and waits for what will
/// not come.
///
/// # Errors
/// The child cannot be started, or fails.
///
/// # Blocking
/// For ever.
pub fn end_kept(program: &Path) -> io::Result<()> {
    let (ours, _theirs, child) = start(program, "end")?;
    child.ended()?;
    let _holds = parent(|| info_span!("holds", what = "the child's end"));
    let _waits = parent(|| info_span!("waits", what = "the child's end"));
    ours.receive().map(drop).map_err(io::Error::other)
}

/// Both send 4 MiB before either receives: more than there is room for.
///
/// # Errors
/// The child cannot be started, or fails.
///
/// # Blocking
/// For ever.
pub fn both_send(program: &Path) -> io::Result<()> {
    let (ours, theirs) = Pipe::<Vec<u32>, Vec<u32>>::pair()?;
    let mut child = Peer::handed(program, Part::Pipe, "child", &[theirs.as_fd()])?;
    drop(theirs);
    child.tell("send much")?;
    child.expect("sending")?;
    let _child = child.lane(|| info_span!("waits", what = "room to send", from = "parent"));
    let _parent = parent(|| info_span!("waits", what = "room to send back", from = "child"));
    ours.send(&vec![u32::MAX; 1 << 20])
        .and_then(|()| ours.receive().map(drop))
        .map_err(io::Error::other)
}

/// What the child does with its end.
pub(crate) fn child(parent: &Parent, mut handed: impl Iterator<Item = OwnedFd>) -> io::Result<()> {
    let end = handed.next().ok_or(ErrorKind::InvalidInput)?;
    match parent.told()?.as_str() {
        "converse" => {
            let pipe = Pipe::<Vec<u32>, u32>::from(end);
            pipe.send(&vec![1, 2, 3, 4, 5]).map_err(io::Error::other)?;
            parent.tell(pipe.receive().map_err(io::Error::other)?)
        }
        "half" => {
            // A length of nine, and three bytes of them.
            UnixStream::from(end).write_all(&[9, 0, 0, 0, 1, 2, 3])?;
            parent.tell("half is sent")?;
            parent.told().map(drop)
        }
        "send much" => {
            let pipe = Pipe::<Vec<u32>, Vec<u32>>::from(end);
            parent.tell("sending")?;
            pipe.send(&vec![u32::MAX; 1 << 20])
                .and_then(|()| pipe.receive().map(drop))
                .map_err(io::Error::other)
        }
        _ => Ok(()),
    }
}
