//! The server process: it listens, with a thread for each client.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use kit::child::Entry;

use super::client::{Answer, Request};
use super::objects::Owned;
use crate::child::TalkingChild;
use crate::message::Error;
use crate::parent::{Parent, words};
use crate::pipe::Pipe;

/// Starts a server; returns it when it listens at that path.
pub fn serve(program: &Path, path: &str) -> io::Result<TalkingChild> {
    TalkingChild::start(program, &SERVER, "server", &[], &[path])?.after(LISTENS)
}

/// The child that is the server: it listens at the path that it is given. It exits with its parent,
/// and for no other reason: it owns the data of all clients.
pub const SERVER: Entry = Entry { name: "manager-server", run: server };

/// The line that the server sends when clients can connect.
const LISTENS: &str = "listens";

fn server(arguments: &[String]) -> io::Result<()> {
    let [path] = words(arguments)?;
    let listener = UnixListener::bind(path)?;
    Parent::listen()?.send_line(LISTENS)?;
    let owned = Arc::new(Owned::default());
    for stream in listener.incoming() {
        let owned = Arc::clone(&owned);
        let served = stream.and_then(|stream| {
            thread::Builder::new().spawn(move || serve_a_client(&owned, stream)).map(drop)
        });
        if served.is_err() {
            // Out of descriptors, or threads: a client that comes waits until another one has gone.
            thread::sleep(Duration::from_millis(10));
        }
    }
    Ok(())
}

/// Serves a client until its end of the stream is closed: it has dropped it, or has died.
fn serve_a_client(owned: &Owned, stream: UnixStream) {
    let pipe = Pipe::<Answer, Request>::from(OwnedFd::from(stream));
    loop {
        let answer = match pipe.receive() {
            Ok(request) => owned.serve(request),
            // All of the message has been received, so the next one can be.
            Err(Error::Malformed) => Err("the server cannot decode the request".into()),
            Err(_) => break,
        };
        if pipe.send(&answer).is_err() {
            break;
        }
    }
    owned.release_all();
}
