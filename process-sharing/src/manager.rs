//! A server process that owns dicts, lists and locks, and proxies of them in client processes:
//! Python's `Manager`.
//!
//! The library is a [`Client`], whose [`Dict`], [`List`] and [`Locked`] are the proxies; the lesson is
//! what several clients do to one list, and what a kill of either side does to the other.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::Entry;

use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, number, words};
use crate::shared_memory::{RobustMutex, Shared};

mod client;
mod server;

pub use client::{Client, Dict, List, Locked, Value};
use server::LISTENS;
pub use server::SERVER;

/// The server of the lessons: it has a dict `d`, whose `"inner"` is the list `[1]`, and a list `l`,
/// which is `[1]` too.
struct Server {
    process: TalkingChild,
    client: Client,
    /// The folder of its socket.
    names: Names,
}

/// The lists that the parent finds in the server when the clients are done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    /// The list inside the dict.
    pub inner: Vec<i64>,
    /// The list that has a name of its own.
    pub own: Vec<i64>,
}

/// Starts a server; returns it when it listens at that path.
pub fn serve(program: &Path, path: &str) -> io::Result<TalkingChild> {
    TalkingChild::start(program, &SERVER, "server", &[], &[path])?.after(LISTENS)
}

impl Server {
    fn start(program: &Path) -> io::Result<Self> {
        let names = Names::new(program)?;
        let process = serve(program, &names.path("manager"))?;
        let client = Client::connect(&names.path("manager"))?;
        client.dict("d").insert("inner", Value::List(vec![1]))?;
        client.list("l").push(1)?;
        Ok(Self { process, client, names })
    }

    /// Starts a client, which is connected when this returns.
    fn client(&self, program: &Path, lane: &str) -> io::Result<TalkingChild> {
        let path = self.names.path("manager");
        TalkingChild::start(program, &CLIENT, lane, &[], &[&path])?.after("connected")
    }

    fn lists(&self) -> io::Result<Lists> {
        let Some(Value::List(inner)) = self.client.dict("d").get("inner")? else {
            return Err(io::Error::other("the inner list is gone"));
        };
        Ok(Lists { inner, own: self.client.list("l").items()? })
    }
}

/// Lets a client append 2 to a list, and returns the server's lists after it. It `changes its copy` of
/// the list inside the dict, `puts it back` as well, or `pushes` to the list with a name of its own.
pub fn after(program: &Path, does: &'static str) -> io::Result<Lists> {
    let server = Server::start(program)?;
    let mut client = server.client(program, "client")?;
    let serves = server.process.lane().idles("owns d and l");
    let runs = client.lane().runs(does);
    client.send_line(does)?;
    client.succeeds()?;
    drop((runs, serves));
    server.lists()
}

/// Lets two clients get the list inside the dict before either puts it back, each with a 2
/// appended.
pub fn both_put_back(program: &Path) -> io::Result<Lists> {
    let server = Server::start(program)?;
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

/// Lets three clients get the list inside the dict and put it back, each under a lock in the server.
/// A client appends its number to the other list as a message, when it has acquired the lock and
/// before it releases it. The first one holds the lock until the others have found it taken. Returns
/// the lists afterwards, and the time that it takes to acquire a free lock and release it: the
/// server's, and a [`RobustMutex`] in shared memory.
pub fn locked(program: &Path) -> io::Result<(Lists, [Duration; 2])> {
    let server = Server::start(program)?;
    let [mut first, mut second, mut third] = [
        server.client(program, "c1")?,
        server.client(program, "c2")?,
        server.client(program, "c3")?,
    ];
    first.send_line("locks, and waits there, as 1")?;
    first.expect_line("locked")?;
    let holds = first.lane().holds("lock");
    second.send_line("locks, as 2")?;
    third.send_line("locks, as 3")?;
    let wait = |child: &TalkingChild| child.lane().waits("lock", "c1");
    let waits = [wait(&second), wait(&third)];
    second.expect_line("taken")?;
    third.expect_line("taken")?;
    first.send_line("go on")?;
    first.succeeds()?;
    drop((holds, waits));
    [second, third].into_iter().try_for_each(TalkingChild::succeeds)?;
    let memory = Shared::<RobustMutex<u32>>::new()?;
    let times = [
        time(200, || server.client.lock("lock").map(drop))?,
        time(20_000, || Ok(memory.lock().map(drop)?))?,
    ];
    Ok((server.lists()?, times))
}

/// Returns the time of one call, of many in a row.
fn time(calls: u32, call: impl Fn() -> io::Result<()>) -> io::Result<Duration> {
    let begun = Instant::now();
    (0..calls).try_for_each(|_| call())?;
    Ok(begun.elapsed() / calls)
}

/// Kills a client that has pushed, and holds the lock; lets another one acquire it, and push.
pub fn client_killed(program: &Path) -> io::Result<Lists> {
    let server = Server::start(program)?;
    let mut killed = server.client(program, "killed")?;
    let mut other = server.client(program, "other")?;
    killed.send_line("locks, and waits there, as 2")?;
    killed.expect_line("locked")?;
    killed.kill()?;
    other.send_line("locks, as 3")?;
    other.succeeds()?;
    server.lists()
}

/// Kills the server; returns the results of a client's next request, and of one of the parent's.
pub fn server_killed(program: &Path) -> io::Result<[String; 2]> {
    let mut server = Server::start(program)?;
    let mut client = server.client(program, "client")?;
    server.process.kill()?;
    client.send_line("asks")?;
    Ok([client.answer()?, asked(&server.client)])
}

fn asked(client: &Client) -> String {
    let items = client.list("l").items();
    items.map_or_else(|error| error.to_string(), |items| format!("{items:?}"))
}

/// The child that is a client: it connects to the path that it is given, and does what it is told.
pub const CLIENT: Entry = Entry { name: "manager-client", run: client };

fn client(arguments: &[String]) -> io::Result<()> {
    let [path] = words(arguments)?;
    let (client, parent) = (Client::connect(path)?, Parent::listen()?);
    parent.send_line("connected")?;
    let does = parent.recv_line()?;
    let get_and_push = || match client.dict("d").get("inner")? {
        Some(Value::List(mut inner)) => {
            inner.push(2);
            Ok(inner)
        }
        other => Err(io::Error::other(format!("{other:?} is no list"))),
    };
    match does.as_str() {
        "changes its copy" => drop(get_and_push()?),
        "puts it back" | "gets, and puts it back when told" => {
            let inner = get_and_push()?;
            if does != "puts it back" {
                parent.send_line("got")?;
                parent.recv_line()?;
            }
            client.dict("d").insert("inner", Value::List(inner))?;
        }
        "asks" => parent.send_line(asked(&client))?,
        "pushes" => client.list("l").push(2)?,
        locks => {
            let (does, me) = locks.split_once(", as ").ok_or(io::ErrorKind::InvalidInput)?;
            let _locked = match client.try_lock("lock")? {
                Some(locked) => locked,
                None => {
                    parent.send_line("taken")?;
                    client.lock("lock")?
                }
            };
            client.list("l").push(number(me)?)?;
            let inner = get_and_push()?;
            if does != "locks" {
                parent.send_line("locked")?;
                parent.recv_line()?;
            }
            client.dict("d").insert("inner", Value::List(inner))?;
            client.list("l").push(number(me)?)?;
        }
    }
    Ok(())
}
