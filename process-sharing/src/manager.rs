//! A server process that owns dicts and lists, and proxies of them in client processes: Python's
//! `Manager`.
//!
//! The library is a [`Client`], whose [`Dict`] and [`List`] are the proxies; the lesson is what two
//! clients do to one list, and what a kill of either side does to the other.

use std::io;
use std::path::Path;

use kit::child::Entry;
use tracing::info_span;

use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, words};

mod client;
mod server;
mod value;

pub use client::{Client, Dict, Error, List};
use server::NO_DOOR;
pub use server::SERVER;
pub use value::{DEEPEST, Value};

/// The server of the lessons: it has a dict `d`, whose `"inner"` is the list `[1]`, and a list `l`,
/// which is `[1]` too.
struct Server {
    process: TalkingChild,
    client: Client,
    // A door of ipc-channel is a socket in the folder for temporary files, which is this one.
    _names: Names,
}

/// The lists that the parent finds in the server when the clients are done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    /// The list inside the dict.
    pub inner: Vec<i64>,
    /// The list that has a name of its own.
    pub own: Vec<i64>,
}

/// Asks the server for a door for one client, and returns the door's name.
fn door(server: &mut TalkingChild) -> io::Result<String> {
    server.send_line("a client comes")?;
    let door = server.recv_line()?;
    door.strip_prefix(NO_DOOR).map_or(Ok(()), |why| Err(io::Error::other(why.to_owned())))?;
    Ok(door)
}

impl Server {
    fn start(program: &Path) -> io::Result<Self> {
        let names = Names::new(program)?;
        let mut command = SERVER.command(program);
        command.env("TMPDIR", names.folder());
        let mut process = TalkingChild::spawn(command, "server", &[], &[])?;
        let client = Client::connect(&door(&mut process)?)?;
        client.dict("d")?.insert("inner", Value::List(vec![Value::Number(1)]))?;
        client.list("l")?.push(Value::Number(1))?;
        Ok(Self { process, client, _names: names })
    }

    /// Starts a client, which is connected when this returns.
    fn client(&mut self, program: &Path, lane: &str) -> io::Result<TalkingChild> {
        let door = door(&mut self.process)?;
        let mut client = TalkingChild::start(program, &CLIENT, lane, &[], &[&door])?;
        client.expect_line("connected")?;
        Ok(client)
    }

    fn lists(&self) -> io::Result<Lists> {
        let Some(Value::List(inner)) = self.client.dict("d")?.get("inner")? else {
            return Err(io::Error::other("the inner list is gone"));
        };
        let own = self.client.list("l")?.items()?;
        let numbers = |list: Vec<Value>| list.iter().filter_map(Value::number).collect();
        Ok(Lists { inner: numbers(inner), own: numbers(own) })
    }
}

/// Lets a client append 2 to a list, and returns the server's lists after it. It `changes its copy` of
/// the list inside the dict, `puts it back` as well, or `pushes` to the list with a name of its own.
pub fn after(program: &Path, does: &'static str) -> io::Result<Lists> {
    let mut server = Server::start(program)?;
    let mut client = server.client(program, "client")?;
    let serves = server.process.lane(|| info_span!("idles", what = "owns d and l"));
    let runs = client.lane(|| info_span!("runs", what = does));
    client.send_line(does)?;
    client.succeeds()?;
    drop((runs, serves));
    server.lists()
}

/// Lets two clients get the list inside the dict before either puts it back, each with a 2
/// appended.
pub fn both_put_back(program: &Path) -> io::Result<Lists> {
    let mut server = Server::start(program)?;
    let mut both = [server.client(program, "c1")?, server.client(program, "c2")?];
    for client in &mut both {
        client.send_line("gets, and puts it back when told")?;
        client.expect_line("got")?;
    }
    for mut client in both {
        client.send_line("go on")?;
        client.succeeds()?;
    }
    server.lists()
}

/// Kills a client after it has pushed, and lets another one push then.
pub fn client_killed(program: &Path) -> io::Result<Lists> {
    let mut server = Server::start(program)?;
    let mut killed = server.client(program, "killed")?;
    let mut other = server.client(program, "other")?;
    killed.send_line("pushes and stays")?;
    killed.expect_line("pushed")?;
    killed.kill()?;
    other.send_line("pushes")?;
    other.succeeds()?;
    server.lists()
}

/// Kills the server; returns the results of a client's next request, and of one of the parent's.
pub fn server_killed(program: &Path) -> io::Result<[String; 2]> {
    let mut server = Server::start(program)?;
    let mut client = server.client(program, "client")?;
    server.process.kill()?;
    client.send_line("asks")?;
    let theirs = client.recv_line()?;
    client.succeeds()?;
    Ok([theirs, asked(&server.client)])
}

fn asked(client: &Client) -> String {
    let items = client.list("l").and_then(|list| list.items());
    items.map_or_else(|error| error.to_string(), |items| format!("{items:?}"))
}

/// The child that is a client: it connects at the door that it is given, and does what it is told.
pub const CLIENT: Entry = Entry { name: "manager-client", run: client };

fn client(arguments: &[String]) -> io::Result<()> {
    let [door] = words(arguments)?;
    let (client, parent) = (Client::connect(door)?, Parent::listen()?);
    parent.send_line("connected")?;
    let does = parent.recv_line()?;
    let get_and_push = || match client.dict("d")?.get("inner")? {
        Some(Value::List(mut inner)) => {
            inner.push(Value::Number(2));
            Ok(inner)
        }
        other => Err(Error::Failed(format!("{other:?} is no list"))),
    };
    match does.as_str() {
        "changes its copy" => {
            get_and_push()?;
        }
        "puts it back" | "gets, and puts it back when told" => {
            let inner = get_and_push()?;
            if does != "puts it back" {
                parent.send_line("got")?;
                parent.recv_line()?;
            }
            client.dict("d")?.insert("inner", Value::List(inner))?;
        }
        "asks" => parent.send_line(asked(&client))?,
        _ => {
            client.list("l")?.push(Value::Number(2))?;
            if does == "pushes and stays" {
                parent.send_line("pushed")?;
                parent.recv_line()?;
            }
        }
    }
    Ok(())
}
