//! What a [pipe](crate::pipe) and a [queue](crate::queue) have in common: values as bytes, and why
//! there is none.

use std::fmt;
use std::io::{self, ErrorKind};

use serde::de::DeserializeOwned;

/// The reason why a value was not sent or received.
#[derive(Debug)]
pub enum Error {
    /// The other end is closed: all of its copies are, in every process that had one, or the queue
    /// is, and it is empty. Or the framing of a pipe is lost: an earlier value was cut off by an
    /// error, or had an impossible length, so that it is unknown where the next one begins.
    Closed,
    /// The other end of a pipe was closed in the middle of a value.
    CutOff,
    /// The queue is full, or empty, at this moment.
    NotNow,
    /// The value is too long, or what came cannot be a value of the type, by its length or its
    /// bytes. A value of another type may well have the bytes of one of this.
    Malformed,
    /// Something else.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the other end is closed"),
            Self::CutOff => f.write_str("the other end was closed in the middle of a value"),
            Self::NotNow => f.write_str("not at this moment"),
            Self::Malformed => f.write_str("no value of the type, or a value that is too long"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A reset: the other end was closed while a message of ours lay there unread.
            ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
                Self::Closed
            }
            _ => Self::Io(error),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

/// Decodes a value from all of these bytes; `None` if they encode none of the type, or some are left
/// over.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (value, left_over) = postcard::take_from_bytes(bytes).ok()?;
    left_over.is_empty().then_some(value)
}
