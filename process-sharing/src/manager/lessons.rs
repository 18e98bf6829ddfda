//! The lessons: a server, and clients of it, as processes.

use std::io;
use std::path::Path;
use std::process::Command;

use tracing::info_span;

use super::server::NO_DOOR;
use super::{Client, Error, Value};
use crate::names::Names;
use crate::part::Part;
use crate::peer::{Parent, Peer};

/// The server as the lessons have it: with a dict `d` in it, whose `"inner"` is the list `[1]`, and
/// a list `l`, which is `[1]` too.
struct Server {
    process: Peer,
    client: Client,
    // The doors of ipc-channel are sockets in the folder for temporary files; the server's is this
    // one.
    _names: Names,
}

/// What the parent finds in the server when the clients are through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The list inside the dict.
    pub inner: Vec<i64>,
    /// The list that is an object of its own.
    pub own: Vec<i64>,
}

fn number(value: Value) -> i64 {
    match value {
        Value::Number(number) => number,
        Value::List(list) => list.into_iter().map(number).sum(),
    }
}

fn door(server: &mut Peer) -> io::Result<String> {
    server.tell("a client comes")?;
    let door = server.heard()?;
    door.strip_prefix(NO_DOOR).map_or(Ok(()), |why| Err(io::Error::other(why.to_owned())))?;
    Ok(door)
}

impl Server {
    fn start(program: &Path) -> Result<Self, io::Error> {
        let names = Names::new(program)?;
        let mut command = Command::new(program);
        command.env("TMPDIR", names.folder());
        let mut process = Peer::spawn(&mut command, Part::ManagerServer, "server".into(), &[])?;
        let client = Client::connect(&door(&mut process)?).map_err(io::Error::other)?;
        let one = || vec![Value::Number(1)];
        let filled = client.dict("d").and_then(|dict| dict.insert("inner", Value::List(one())));
        let filled =
            filled.and_then(|()| client.list("l")).and_then(|list| list.push(Value::Number(1)));
        filled.map_err(io::Error::other)?;
        Ok(Self { process, client, _names: names })
    }

    /// Starts a client that is connected when this returns.
    fn client(&mut self, program: &Path, lane: &str) -> io::Result<Peer> {
        let mut client = Peer::start(program, Part::ManagerClient, lane)?;
        client.tell(door(&mut self.process)?)?;
        client.expect("connected")?;
        Ok(client)
    }

    fn left(&self) -> io::Result<Left> {
        let inner =
            self.client.dict("d").and_then(|dict| dict.get("inner")).map_err(io::Error::other)?;
        let own = self.client.list("l").and_then(|list| list.items()).map_err(io::Error::other)?;
        let Some(Value::List(inner)) = inner else {
            return Err(io::Error::other("the inner list is gone"));
        };
        let numbers = |list: Vec<Value>| list.into_iter().map(number).collect();
        Ok(Left { inner: numbers(inner), own: numbers(own) })
    }
}

/// Lets a client do something, and returns what is left in the server.
fn after(program: &Path, does: &'static str) -> io::Result<Left> {
    let mut server = Server::start(program)?;
    let mut client = server.client(program, "client")?;
    let serves = server.process.lane(|| info_span!("idles", what = "owns d and l"));
    let runs = client.lane(|| info_span!("runs", what = does));
    client.tell(does)?;
    client.ended()?;
    drop((runs, serves));
    server.left()
}

/// A client gets the list inside the dict, and appends 2 to what it got.
///
/// # Errors
/// A process cannot be started, or fails.
pub fn changed_copy(program: &Path) -> io::Result<Left> {
    after(program, "changes its copy")
}

/// A client gets the list inside the dict, appends 2, and puts the list back under its key.
///
/// # Errors
/// A process cannot be started, or fails.
pub fn put_back(program: &Path) -> io::Result<Left> {
    after(program, "puts it back")
}

/// Two clients get the list inside the dict before either puts it back, each with a 2 appended.
///
/// # Errors
/// A process cannot be started, or fails.
pub fn both_put_back(program: &Path) -> io::Result<Left> {
    let mut server = Server::start(program)?;
    let mut both = [server.client(program, "c1")?, server.client(program, "c2")?];
    for client in &mut both {
        client.tell("gets, and puts it back when told")?;
        client.expect("got")?;
    }
    for mut client in both {
        client.tell("go on")?;
        client.ended()?;
    }
    server.left()
}

/// A client appends 2 to the list that has a name of its own.
///
/// # Errors
/// A process cannot be started, or fails.
pub fn own_list(program: &Path) -> io::Result<Left> {
    after(program, "pushes")
}

/// A client is killed after it has pushed, another one pushes then.
///
/// # Errors
/// A process cannot be started, or fails.
pub fn client_killed(program: &Path) -> io::Result<Left> {
    let mut server = Server::start(program)?;
    let mut killed = server.client(program, "killed")?;
    let mut other = server.client(program, "other")?;
    killed.tell("pushes and stays")?;
    killed.expect("pushed")?;
    killed.kill()?;
    other.tell("pushes")?;
    other.ended()?;
    server.left()
}

/// The server is killed; returns what a client's next request, and one of the parent's, come back
/// with.
///
/// # Errors
/// A process cannot be started, or fails.
pub fn server_killed(program: &Path) -> io::Result<[String; 2]> {
    let mut server = Server::start(program)?;
    let mut client = server.client(program, "client")?;
    server.process.kill()?;
    client.tell("asks")?;
    let said = client.heard()?;
    client.ended()?;
    let ours =
        server.client.list("l").map_or_else(|error| error.to_string(), |list| format!("{list:?}"));
    Ok([said, ours])
}

/// A client: connects by the door that it is told, and does what it is told.
pub(crate) fn client(parent: &Parent) -> io::Result<()> {
    let client = Client::connect(&parent.told()?).map_err(io::Error::other)?;
    parent.tell("connected")?;
    let does = parent.told()?;
    let inner = || match client.dict("d")?.get("inner")? {
        Some(Value::List(mut inner)) => {
            inner.push(Value::Number(2));
            Ok(inner)
        }
        other => Err(Error::Failed(format!("{other:?} is no list"))),
    };
    let put_back = |inner| client.dict("d")?.insert("inner", Value::List(inner));
    let push = || client.list("l")?.push(Value::Number(2));
    let done = match does.as_str() {
        "changes its copy" => inner().map(drop),
        "puts it back" => inner().and_then(put_back),
        "gets, and puts it back when told" => {
            let inner = inner().map_err(io::Error::other)?;
            parent.tell("got")?;
            parent.told()?;
            put_back(inner)
        }
        "asks" => {
            let answer = client.list("l").and_then(|list| list.items());
            return parent
                .tell(answer.map_or_else(|error| error.to_string(), |items| format!("{items:?}")));
        }
        "pushes and stays" => {
            push().map_err(io::Error::other)?;
            parent.tell("pushed")?;
            return parent.told().map(drop);
        }
        _ => push(),
    };
    done.map_err(io::Error::other)
}
