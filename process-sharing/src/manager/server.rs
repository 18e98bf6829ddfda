//! The server: the dicts, lists and locks that it owns, and how it serves a request.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use ipc_channel::IpcError;
use ipc_channel::ipc::IpcOneShotServer;
use kit::child::Entry;

use super::client::{Answer, Error, Hello, Request, Value, receive};
use crate::ipc::{caught, door};
use crate::parent::Parent;

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
            _ => return Err(Error::OtherKind($name)),
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
            Request::Acquire(name) => loop {
                let holder = object!(objects, name, Lock);
                if holder.is_none() {
                    *holder = Some(thread::current().id());
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

    /// Serves a client until its channel is closed: it has dropped its end, or has died.
    fn serve_a_client(&self, door: IpcOneShotServer<Hello>) {
        let accepted = caught(|| door.accept().map_err(io::Error::other));
        let Ok((_, (requests, answers))) = accepted else { return };
        loop {
            let answer = match receive(&requests) {
                Ok(request) => self.serve(request),
                // All of the message has been received, so the next one can be.
                Err(IpcError::SerializationError(_)) => {
                    Err(Error::Failed("the server cannot decode the request".into()))
                }
                Err(_) => break,
            };
            if answers.send(answer).is_err() {
                break;
            }
        }
        self.release(&mut self.lock(), |_| true);
    }
}

/// The beginning of the line that the server sends when it could open no door.
pub(super) const NO_DOOR: &str = "no door: ";

/// The child that is the server. For each line of its parent it opens a door for one client, and
/// sends the door's name, or why there is none. It exits with its parent, and for no other reason:
/// it owns the data of all clients.
pub const SERVER: Entry = Entry { name: "manager-server", run: server };

fn server(_: &[String]) -> io::Result<()> {
    let owned = Arc::new(Owned::default());
    let parent = Parent::listen()?;
    loop {
        parent.recv_line()?;
        let owned = Arc::clone(&owned);
        // A client that dies at its door leaves this thread waiting, and the server as it was.
        let opened = door().and_then(|(door, name)| {
            thread::Builder::new().spawn(move || owned.serve_a_client(door)).map(|_| name)
        });
        parent.send_line(opened.unwrap_or_else(|error| format!("{NO_DOOR}{error}")))?;
    }
}
