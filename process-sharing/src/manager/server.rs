//! The server: the dicts, lists and locks that it owns, and how it serves a request.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use kit::child::Entry;

use super::client::{Answer, Request, Value};
use crate::message::Error;
use crate::parent::{Parent, words};
use crate::pipe::Pipe;

/// An object that the server has under a name.
#[derive(Debug)]
enum Object {
    Dict(BTreeMap<String, Value>),
    List(Vec<i64>),
    /// The thread that serves the client that holds it.
    Lock(Option<ThreadId>),
}

type Objects = BTreeMap<String, Object>;

/// Finds an object by its name, or makes it.
macro_rules! object {
    ($objects:ident, $name:expr, $Kind:ident) => {
        match $objects.entry($name.clone()).or_insert(Object::$Kind(Default::default())) {
            Object::$Kind(object) => object,
            _ => return Err(format!("{:?} is of another kind", $name)),
        }
    };
}

/// The objects, and a signal to the threads that wait for one of the locks among them.
#[derive(Debug, Default)]
struct Owned {
    objects: Mutex<Objects>,
    released: Condvar,
}

impl Owned {
    fn lock(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves a request of this thread's client.
    fn serve(&self, request: Request) -> Answer {
        let mut objects = self.lock();
        match request {
            Request::Insert(name, key, value) => {
                Ok(object!(objects, name, Dict).insert(key, value))
            }
            Request::Get(name, key) => Ok(object!(objects, name, Dict).get(&key).cloned()),
            Request::Push(name, number) => {
                object!(objects, name, List).push(number);
                Ok(None)
            }
            Request::Items(name) => Ok(Some(Value::List(object!(objects, name, List).clone()))),
            Request::Acquire(name, waits) => loop {
                let holder = object!(objects, name, Lock);
                if holder.is_none() {
                    *holder = Some(thread::current().id());
                    return Ok(Some(Value::Number(1)));
                }
                if !waits {
                    return Ok(None);
                }
                objects = self.released.wait(objects).unwrap_or_else(PoisonError::into_inner);
            },
            Request::Release(name) => {
                self.release(&mut objects, |lock| *lock == name);
                Ok(None)
            }
        }
    }

    /// Releases those of the locks with such names that this thread's client holds.
    fn release(&self, objects: &mut Objects, named: impl Fn(&String) -> bool) {
        let me = thread::current().id();
        for (_, object) in objects.iter_mut().filter(|(name, _)| named(name)) {
            if let Object::Lock(holder) = object {
                holder.take_if(|holder| *holder == me);
            }
        }
        self.released.notify_all();
    }

    /// Serves a client until its end of the stream is closed: it has dropped it, or has died.
    fn serve_a_client(&self, stream: UnixStream) {
        let pipe = Pipe::<Answer, Request>::from(OwnedFd::from(stream));
        loop {
            let answer = match pipe.receive() {
                Ok(request) => self.serve(request),
                // All of the message has been received, so the next one can be.
                Err(Error::Malformed) => Err("the server cannot decode the request".into()),
                Err(_) => break,
            };
            if pipe.send(&answer).is_err() {
                break;
            }
        }
        self.release(&mut self.lock(), |_| true);
    }
}

/// The child that is the server: it listens at the path that it is given. It exits with its parent,
/// and for no other reason: it owns the data of all clients.
pub const SERVER: Entry = Entry { name: "manager-server", run: server };

/// The line that the server sends when clients can connect.
pub(super) const LISTENS: &str = "listens";

fn server(arguments: &[String]) -> io::Result<()> {
    let [path] = words(arguments)?;
    let listener = UnixListener::bind(path)?;
    Parent::listen()?.send_line(LISTENS)?;
    let owned = Arc::new(Owned::default());
    for stream in listener.incoming() {
        let owned = Arc::clone(&owned);
        let served = stream.and_then(|stream| {
            thread::Builder::new().spawn(move || owned.serve_a_client(stream)).map(drop)
        });
        if served.is_err() {
            // Out of descriptors, or threads: a client that comes waits until another one has gone.
            thread::sleep(Duration::from_millis(10));
        }
    }
    Ok(())
}
