//! A server process owns a dict and a list, and other processes change them through proxies:
//! Python's `Manager`. What a proxy's `get` returns is a copy.
//!
//! The server has a dict `d`, whose `"inner"` is the list `[1]`, and a list `l`, which is `[1]` too.
//! The lesson is what several clients do to them, and what a kill of either side does to the other.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::Entry;

use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, number, words};
use crate::shared_memory::{RobustMutex, Shared};

pub use crate::proxies::{Client, Dict, List, Locked, Refused, SERVER, Value, serve};

/// Gets the list inside the dict, and appends 2: to a copy, of which the server knows nothing.
fn changed_copy(client: &Client) -> io::Result<Vec<i64>> {
    let mut inner = client.dict("d").get_list("inner")?;
    inner.push(2);
    Ok(inner)
}

/// Gets the list inside the dict, and puts it back with a 2 appended, when it is told to: what
/// another client puts back between the two is overwritten.
fn put_back(client: &Client, parent: &Parent) -> io::Result<()> {
    let inner = changed_copy(client)?;
    parent.send_line("got")?;
    parent.recv_line()?;
    client.dict("d").insert("inner", Value::List(inner)).map(drop)
}

/// As [`put_back`], under a lock in the server; appends `me` to the other list, before and after.
fn put_back_locked(client: &Client, parent: &Parent, me: i64) -> io::Result<()> {
    let _locked = match client.try_lock("lock")? {
        Some(locked) => locked,
        None => parent.send_line("taken").and_then(|()| client.lock("lock"))?,
    };
    client.list("l").push(me)?;
    put_back(client, parent)?;
    client.list("l").push(me)
}

/// The child that is a client: it connects to the path that it is given, and does what it is told.
pub const CLIENT: Entry = Entry { name: "manager-client", run: client };

fn client(arguments: &[String]) -> io::Result<()> {
    let [path] = words(arguments)?;
    let (client, parent) = (Client::connect(path)?, Parent::listen()?);
    parent.send_line("connected")?;
    match parent.recv_line()?.as_str() {
        "changes its copy" => changed_copy(&client).map(drop),
        "puts it back" => put_back(&client, &parent),
        "pushes" => client.list("l").push(2),
        "asks" => parent.send_line(asked(&client)),
        me => put_back_locked(&client, &parent, number(me)?),
    }
}

/// Lets a client do what these lines say, and returns the server's lists after it.
pub fn after(program: &Path, does: &[&'static str]) -> io::Result<Lists> {
    let server = Server::start(program)?;
    let mut client = server.client(program, "client")?;
    let serves = server.process.lane().idles("owns d and l");
    let runs = client.lane().runs(does[0]);
    does.iter().try_for_each(|line| client.send_line(line))?;
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
        client.send_line("puts it back")?;
        client.expect_line("got")?;
    }
    for mut client in both {
        client.send_line("go on")?;
        client.succeeds()?;
    }
    server.lists()
}

/// Lets three clients get the list inside the dict and put it back, each under the lock in the
/// server. The first one holds it until the others have found it taken. Returns the lists
/// afterwards, and the time that it takes to acquire a free lock and release it: the server's, and a
/// [`RobustMutex`] in shared memory.
pub fn locked(program: &Path) -> io::Result<(Lists, [Duration; 2])> {
    let server = Server::start(program)?;
    let mut first = server.client(program, "c1")?;
    let mut others = [server.client(program, "c2")?, server.client(program, "c3")?];
    first.send_line(1)?;
    first.expect_line("got")?;
    let holds = first.lane().holds("lock");
    for (me, other) in (2..).zip(&mut others) {
        other.send_line(me)?;
        other.expect_line("taken")?;
        other.send_line("go on")?;
    }
    let waits = others.each_ref().map(|other| other.lane().waits("lock", "c1"));
    first.send_line("go on")?;
    first.succeeds()?;
    drop((holds, waits));
    others.into_iter().try_for_each(TalkingChild::succeeds)?;
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
    let [mut killed, mut other] =
        [server.client(program, "killed")?, server.client(program, "other")?];
    killed.send_line(2)?;
    killed.expect_line("got")?;
    killed.kill()?;
    other.send_line(3)?;
    other.send_line("go on")?;
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

/// The server of the lessons.
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
        let inner = self.client.dict("d").get_list("inner")?;
        Ok(Lists { inner, own: self.client.list("l").items()? })
    }
}
