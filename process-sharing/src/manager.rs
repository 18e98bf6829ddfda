//! A server process that owns dicts and lists, and proxies of them in any number of client
//! processes: Python's `Manager`.
//!
//! A proxy has nothing but a name and a channel. What it is asked goes to the server as a message,
//! the server's thread for that client does it under the server's lock, and what comes back is a
//! copy. A client that dies takes nothing down: its thread in the server sees the end of its
//! channel. A server that dies is an error at each proxy, by name.
//!
//! The channels are those of the crate `ipc-channel`. At most one message is under way in either
//! direction, so none is ever full.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};

use ipc_channel::IpcError;
use ipc_channel::ipc::{IpcReceiver, IpcSender, channel};
use serde::{Deserialize, Serialize};

use crate::ipc::caught;
use crate::names::LONGEST_PATH;

mod lessons;
mod server;
mod value;

pub(crate) use lessons::client;
pub use lessons::{
    Left, both_put_back, changed_copy, client_killed, own_list, put_back, server_killed,
};

pub(crate) use server::server;
pub use value::{DEEPEST, Value};

/// Says why a proxy was not served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Error {
    /// The server is gone, or was never there.
    ServerGone,
    /// There is nothing of that name.
    NoSuchName(String),
    /// There is something of that name, of another kind.
    OtherKind(String),
    /// Lists are nested in the value deeper than [`DEEPEST`].
    TooDeep,
    /// A message could not be sent or understood.
    Failed(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerGone => f.write_str("the server is gone"),
            Self::NoSuchName(name) => write!(f, "nothing is named {name:?}"),
            Self::OtherKind(name) => write!(f, "{name:?} is of another kind"),
            Self::TooDeep => {
                write!(f, "lists may be nested {DEEPEST} deep in a value, and no deeper")
            }
            Self::Failed(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Error {}

impl From<IpcError> for Error {
    fn from(error: IpcError) -> Self {
        match error {
            IpcError::Disconnected => Self::ServerGone,
            // What a send into a closed channel comes back with.
            IpcError::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
                ) =>
            {
                Self::ServerGone
            }
            error => Self::Failed(error.to_string()),
        }
    }
}

/// What the server is asked; the first field is the name of the dict or list.
#[derive(Debug, Serialize, Deserialize)]
enum Request {
    MakeDict(String),
    MakeList(String),
    Insert(String, String, Value),
    Get(String, String),
    Push(String, Value),
    Items(String),
}

impl Request {
    /// Checks what the server would not survive: by the client, which is told, and by the server,
    /// which trusts no client.
    fn check(&self) -> Result<(), Error> {
        match self {
            Self::Insert(_, _, value) | Self::Push(_, value) if value.is_too_deep() => {
                Err(Error::TooDeep)
            }
            _ => Ok(()),
        }
    }
}

/// What it answers: nothing, or a copy.
type Answer = Result<Option<Value>, Error>;

/// Both directions of a client's channel, as the client hands them to the server.
type Hello = (IpcReceiver<Request>, IpcSender<Answer>);

/// Receives, whatever signals are handled meanwhile: `ipc-channel` reports them as errors. An
/// answer that was given up then would be taken for that to the next question.
fn receive<T: for<'a> Deserialize<'a> + Serialize>(from: &IpcReceiver<T>) -> Result<T, IpcError> {
    loop {
        match from.recv() {
            Err(IpcError::Io(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            received => return received,
        }
    }
}

/// A client's connection to the server.
#[derive(Debug)]
pub struct Client {
    requests: IpcSender<Request>,
    // One request and its answer at a time, whoever of this process's threads asks.
    answers: Mutex<IpcReceiver<Answer>>,
}

impl Client {
    /// Connects, by the name of a door that the server has opened for one client.
    ///
    /// # Errors
    /// There is no such door: the server is gone, or a client went through it before. Or there is
    /// no descriptor to spare.
    pub fn connect(door: &str) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::Failed(error.to_string());
        // `ipc-channel` panics at what is no path, and cuts off what is too long for one of a
        // socket.
        if door.contains('\0') || door.len() > LONGEST_PATH {
            return Err(Error::ServerGone);
        }
        let connected = caught(|| {
            let Ok(hello) = IpcSender::<Hello>::connect(door.to_owned()) else {
                return Ok(Err(Error::ServerGone));
            };
            let ((requests, theirs), (answering, answers)) = (channel()?, channel()?);
            let sent = hello.send((theirs, answering)).map_err(Error::from);
            Ok(sent.map(|()| Self { requests, answers: Mutex::new(answers) }))
        });
        connected.map_err(failed)?
    }

    /// Makes a dict of that name, if there is none, and returns a proxy of it.
    ///
    /// # Errors
    /// The name is taken by a list, or the server is gone.
    pub fn dict(&self, name: &str) -> Result<Dict<'_>, Error> {
        self.ask(Request::MakeDict(name.to_owned()))?;
        Ok(Dict { client: self, name: name.to_owned() })
    }

    /// Makes a list of that name, if there is none, and returns a proxy of it.
    ///
    /// # Errors
    /// The name is taken by a dict, or the server is gone.
    pub fn list(&self, name: &str) -> Result<List<'_>, Error> {
        self.ask(Request::MakeList(name.to_owned()))?;
        Ok(List { client: self, name: name.to_owned() })
    }

    fn ask(&self, request: Request) -> Answer {
        request.check()?;
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        self.requests.send(request)?;
        receive(&answers)?
    }
}

/// A dict in the server, by its name.
#[derive(Debug)]
pub struct Dict<'a> {
    client: &'a Client,
    name: String,
}

impl Dict<'_> {
    /// Puts a value under a key, in the server.
    ///
    /// # Errors
    /// The value is [too deep](Error::TooDeep), or the server is gone.
    pub fn insert(&self, key: &str, value: Value) -> Result<(), Error> {
        self.client.ask(Request::Insert(self.name.clone(), key.to_owned(), value)).map(drop)
    }

    /// Returns a copy of what is under a key. A change to it changes nothing in the server.
    ///
    /// # Errors
    /// The server is gone.
    pub fn get(&self, key: &str) -> Result<Option<Value>, Error> {
        self.client.ask(Request::Get(self.name.clone(), key.to_owned()))
    }
}

/// A list in the server, by its name.
#[derive(Debug)]
pub struct List<'a> {
    client: &'a Client,
    name: String,
}

impl List<'_> {
    /// Appends a value, in the server.
    ///
    /// # Errors
    /// The value is [too deep](Error::TooDeep), or the server is gone.
    pub fn push(&self, value: Value) -> Result<(), Error> {
        self.client.ask(Request::Push(self.name.clone(), value)).map(drop)
    }

    /// Returns a copy of the whole list.
    ///
    /// # Errors
    /// The server is gone.
    pub fn items(&self) -> Result<Vec<Value>, Error> {
        match self.client.ask(Request::Items(self.name.clone()))? {
            Some(Value::List(items)) => Ok(items),
            other => Err(Error::Failed(format!("{other:?} is no list"))),
        }
    }
}
