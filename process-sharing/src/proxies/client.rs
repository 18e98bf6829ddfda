//! The client's side: a connection to the server, and the proxies.
//!
//! A proxy has nothing but a name and the connection, a [`Pipe`] over a Unix socket. A request goes to
//! the server as a message, the server's thread for that client serves it under the server's lock,
//! and what comes back is a copy. If a client dies, its thread in the server sees the end of the
//! stream, and nothing else is lost. If the server dies, each proxy returns an error,
//! [`NotConnected`](ErrorKind::NotConnected).

use std::fmt;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::message::Error;
use crate::pipe::Pipe;

/// A value in a dict. Numbers and lists of numbers, and nothing deeper: recursive functions decode,
/// copy and drop a type that nests without limit, and a client could overflow the server's stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// A number.
    Number(i64),
    /// A list of numbers. A client gets a copy of the whole list.
    List(Vec<i64>),
}

/// A request to the server; its first field is the name of the dict, list or lock.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    Insert(String, String, Value),
    Get(String, String),
    Push(String, i64),
    Items(String),
    /// And whether to wait while another client holds it.
    Acquire(String, bool),
    Release(String),
}

/// An answer of the server: nothing, or a copy; or why it has not served the request.
pub(super) type Answer = Result<Option<Value>, Refused>;

/// The reason why the server has not served a request: what the [`io::Error`] of a proxy holds then
/// ([`io::Error::get_ref`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The object of that name is of another kind.
    OtherKind(String),
    /// The server cannot decode the request.
    Undecodable,
    /// The copy that was asked for is too long for a message. The client keeps its connection, and
    /// its locks.
    TooLong,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherKind(name) => write!(f, "{name:?} is of another kind"),
            Self::Undecodable => f.write_str("the server cannot decode the request"),
            Self::TooLong => f.write_str(
                "the answer is longer than 16 MiB: keep the numbers in several lists, under names or \
                 keys of their own, and ask for one at a time",
            ),
        }
    }
}

impl std::error::Error for Refused {}

/// A client's connection to the server.
///
/// # Errors
/// Each request of it and of its proxies returns one if the server has [`Refused`] it, or is gone.
///
/// # Blocking
/// A request has no timeout. A server that is killed ends it by an error; a server that is stopped
/// (SIGSTOP) makes it wait until the server goes on.
///
/// ```no_run
/// use process_sharing::manager::Client;
///
/// let client = Client::connect("/tmp/manager")?;
/// let list = client.list("numbers");
/// list.push(1)?;
/// assert_eq!(list.items()?, [1]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Client(
    // One request and its answer at a time, for all threads of this process.
    Mutex<Pipe<Request, Answer>>,
);

impl Client {
    /// Connects to the server that listens at a path.
    ///
    /// # Errors
    /// There is none, or the process is out of descriptors.
    pub fn connect(path: &str) -> io::Result<Self> {
        let stream = UnixStream::connect(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => gone(),
            _ => error,
        })?;
        Ok(Self::of(stream))
    }

    /// Makes a client of what is connected to a server.
    pub(super) fn of(stream: UnixStream) -> Self {
        Self(Mutex::new(Pipe::from(OwnedFd::from(stream))))
    }

    /// Returns a proxy of the dict of that name. The first request makes it.
    pub fn dict(&self, name: &str) -> Dict<'_> {
        Dict { client: self, name: name.to_owned() }
    }

    /// Returns a proxy of the list of that name. The first request makes it.
    pub fn list(&self, name: &str) -> List<'_> {
        List { client: self, name: name.to_owned() }
    }

    /// Acquires the lock of that name: Python's `Manager().Lock()`. The server releases it when the
    /// guard is dropped, and when this process dies.
    ///
    /// # Blocking
    /// While another client holds it, with every other request of this client: a second thread
    /// that needs the server meanwhile needs a connection of its own.
    pub fn lock(&self, name: &str) -> io::Result<Locked<'_>> {
        self.ask(Request::Acquire(name.to_owned(), true))?;
        Ok(Locked { client: self, name: name.to_owned() })
    }

    /// Acquires the lock of that name, unless another client holds it.
    pub fn try_lock(&self, name: &str) -> io::Result<Option<Locked<'_>>> {
        let acquired = self.ask(Request::Acquire(name.to_owned(), false))?.is_some();
        Ok(acquired.then(|| Locked { client: self, name: name.to_owned() }))
    }

    fn ask(&self, request: Request) -> io::Result<Option<Value>> {
        let pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = pipe.send(&request).and_then(|()| pipe.receive());
        let answer = answer.map_err(|error| match error {
            Error::Closed | Error::CutOff => gone(),
            error => error.into(),
        });
        answer?.map_err(io::Error::other)
    }
}

fn gone() -> io::Error {
    io::Error::new(ErrorKind::NotConnected, "the server is gone")
}

/// A proxy of a dict in the server.
#[derive(Debug)]
pub struct Dict<'a> {
    client: &'a Client,
    name: String,
}

impl Dict<'_> {
    /// Puts a value under a key, in the server.
    pub fn insert(&self, key: &str, value: Value) -> io::Result<()> {
        self.client.ask(Request::Insert(self.name.clone(), key.to_owned(), value)).map(drop)
    }

    /// Returns a copy of the value under a key. A change to the copy changes nothing in the server.
    pub fn get(&self, key: &str) -> io::Result<Option<Value>> {
        self.client.ask(Request::Get(self.name.clone(), key.to_owned()))
    }

    /// As [`get`](Self::get), for a list; anything else is an error.
    pub fn get_list(&self, key: &str) -> io::Result<Vec<i64>> {
        list(self.get(key)?)
    }
}

fn list(value: Option<Value>) -> io::Result<Vec<i64>> {
    match value {
        Some(Value::List(items)) => Ok(items),
        other => Err(io::Error::other(format!("{other:?} is no list"))),
    }
}

/// A proxy of a list in the server.
#[derive(Debug)]
pub struct List<'a> {
    client: &'a Client,
    name: String,
}

impl List<'_> {
    /// Appends a value, in the server.
    pub fn push(&self, value: i64) -> io::Result<()> {
        self.client.ask(Request::Push(self.name.clone(), value)).map(drop)
    }

    /// Returns a copy of the whole list.
    pub fn items(&self) -> io::Result<Vec<i64>> {
        list(self.client.ask(Request::Items(self.name.clone()))?)
    }
}

/// A lock in the server, held by this client. Dropping it releases the lock.
#[derive(Debug)]
pub struct Locked<'a> {
    client: &'a Client,
    name: String,
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // Without a server there is no lock.
        let _ = self.client.ask(Request::Release(self.name.clone()));
    }
}
