//! A server process that owns dicts and lists, and proxies of them in any number of client processes: Python's `Manager`.
//!
//! A proxy has nothing but a name and a channel. What it is asked goes to the server as a message, the server's thread for that client
//! does it under the server's lock, and what comes back is a copy. A client that dies takes nothing down: its thread in the server
//! sees the end of its channel. A server that dies is an error at each proxy, by name.
//!
//! The channels are those of the crate `ipc-channel`. At most one message is under way in either direction, so none is ever full.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use ipc_channel::IpcError;
use ipc_channel::ipc::{IpcOneShotServer, IpcReceiver, IpcSender, channel};
use serde::{Deserialize, Serialize};

use crate::names::{LONGEST_PATH, door};
use crate::peer::Parent;

mod lessons;
mod value;

pub(crate) use lessons::client;
pub use lessons::{Left, both_put_back, changed_copy, client_killed, own_list, put_back, server_killed};

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
            Self::TooDeep => write!(f, "lists may be nested {DEEPEST} deep in a value, and no deeper"),
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
                if matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) =>
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
    /// Checks what the server would not survive: by the client, which is told, and by the server, which trusts no client.
    fn check(&self) -> Result<(), Error> {
        match self {
            Self::Insert(_, _, value) | Self::Push(_, value) if value.is_too_deep() => Err(Error::TooDeep),
            _ => Ok(()),
        }
    }
}

/// What it answers: nothing, or a copy.
type Answer = Result<Option<Value>, Error>;

/// Both directions of a client's channel, as the client hands them to the server.
type Hello = (IpcReceiver<Request>, IpcSender<Answer>);

/// Receives, whatever signals are handled meanwhile: `ipc-channel` reports them as errors. An answer that was given up then would be
/// taken for that to the next question.
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
    /// There is no such door: the server is gone, or someone went through it before.
    pub fn connect(door: &str) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::Failed(error.to_string());
        // `ipc-channel` panics at what is no path, and cuts off what is too long for one of a socket.
        if door.contains('\0') || door.len() > LONGEST_PATH {
            return Err(Error::ServerGone);
        }
        let hello = IpcSender::<Hello>::connect(door.to_owned()).map_err(|_| Error::ServerGone)?;
        let (requests, theirs) = channel().map_err(failed)?;
        let (answering, answers) = channel().map_err(failed)?;
        hello.send((theirs, answering))?;
        Ok(Self { requests, answers: Mutex::new(answers) })
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

/// What the server has under a name.
#[derive(Debug)]
enum Object {
    Dict(BTreeMap<String, Value>),
    List(Vec<Value>),
}

type Objects = BTreeMap<String, Object>;

/// Does what a client asks.
fn serve(objects: &mut Objects, request: Request) -> Answer {
    request.check()?;
    let of_its_kind = |name: &str, objects: &Objects| match objects.contains_key(name) {
        true => Error::OtherKind(name.to_owned()),
        false => Error::NoSuchName(name.to_owned()),
    };
    match request {
        Request::MakeDict(name) => match objects.entry(name.clone()).or_insert(Object::Dict(BTreeMap::new()))
        {
            Object::Dict(_) => Ok(None),
            Object::List(_) => Err(Error::OtherKind(name)),
        },
        Request::MakeList(name) => match objects.entry(name.clone()).or_insert(Object::List(Vec::new())) {
            Object::List(_) => Ok(None),
            Object::Dict(_) => Err(Error::OtherKind(name)),
        },
        Request::Insert(name, key, value) => match objects.get_mut(&name) {
            Some(Object::Dict(dict)) => Ok(dict.insert(key, value)),
            _ => Err(of_its_kind(&name, objects)),
        },
        Request::Get(name, key) => match objects.get(&name) {
            Some(Object::Dict(dict)) => Ok(dict.get(&key).cloned()),
            _ => Err(of_its_kind(&name, objects)),
        },
        Request::Push(name, value) => match objects.get_mut(&name) {
            Some(Object::List(list)) => {
                list.push(value);
                Ok(None)
            }
            _ => Err(of_its_kind(&name, objects)),
        },
        Request::Items(name) => match objects.get(&name) {
            Some(Object::List(list)) => Ok(Some(Value::List(list.clone()))),
            _ => Err(of_its_kind(&name, objects)),
        },
    }
}

/// What the server says in place of a door's name when it could open none.
const NO_DOOR: &str = "no door: ";

/// The server: for each line that its parent tells, opens a door for one client, and says its name, or why there is none. It ends with
/// its parent, and for no other reason: it has everybody's data.
pub(crate) fn server(parent: &Parent) -> io::Result<()> {
    let objects = Arc::new(Mutex::new(Objects::new()));
    loop {
        parent.told()?;
        let objects = Arc::clone(&objects);
        // A client that dies at its door leaves this thread waiting, and the server as it was.
        let opened = door().and_then(|(door, name)| {
            thread::Builder::new().spawn(move || serve_a_client(door, &objects)).map(|_| name)
        });
        parent.tell(opened.unwrap_or_else(|error| format!("{NO_DOOR}{error}")))?;
    }
}

fn serve_a_client(door: IpcOneShotServer<Hello>, objects: &Mutex<Objects>) {
    let Ok((_, (requests, answers))) = door.accept() else { return };
    loop {
        let answer = match receive(&requests) {
            Ok(request) => serve(&mut objects.lock().unwrap_or_else(PoisonError::into_inner), request),
            // All of it has been received, so the next one can be.
            Err(IpcError::SerializationError(_)) => {
                Err(Error::Failed("the server cannot decode the request".into()))
            }
            // The end of either channel is the client's, and this thread's.
            Err(_) => return,
        };
        if answers.send(answer).is_err() {
            return;
        }
    }
}
