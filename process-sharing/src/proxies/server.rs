//! The server process: it listens, with a thread for each client.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use kit::child::Entry;

use super::client::{Answer, Refused, Request};
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
            // Out of descriptors: a client that comes waits until another one has gone. Out of
            // threads: the connection was closed, and the client is told that the server is gone.
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
            Err(Error::Malformed) => Err(Refused::Undecodable),
            Err(_) => break,
        };
        let sent = match pipe.send(&answer) {
            // Nothing of an answer that is too long has been sent.
            Err(Error::Malformed) => pipe.send(&Err(Refused::TooLong)),
            sent => sent,
        };
        if sent.is_err() {
            break;
        }
    }
    owned.release_all();
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::super::client::Client;
    use super::*;

    /// Returns a client of objects that a thread of this process serves.
    fn client(owned: &Arc<Owned>) -> Client {
        let (here, there) = UnixStream::pair().expect("there is room for a pair");
        let owned = Arc::clone(owned);
        thread::spawn(move || serve_a_client(&owned, there));
        Client::of(here)
    }

    #[test]
    fn an_answer_that_is_too_long_is_refused_and_the_client_keeps_its_locks() {
        let owned = Arc::new(Owned::default());
        // Ten bytes each.
        for _ in 0..1_700_000 {
            owned.serve(Request::Push("long".into(), i64::MIN)).expect("it is a list");
        }
        let (one, other) = (client(&owned), client(&owned));
        let lock = one.lock("lock").expect("it is served");
        let error = one.list("long").items().expect_err("17 MB are too long");
        let refused = error.get_ref().and_then(|error| error.downcast_ref::<Refused>());
        assert_eq!(refused, Some(&Refused::TooLong), "{error}");
        assert!(error.to_string().contains("ask for one at a time"), "{error}");
        assert!(other.try_lock("lock").expect("it is served").is_none(), "it is held");
        drop(lock);
        assert!(other.try_lock("lock").expect("it is served").is_some(), "it was released");
    }
}
