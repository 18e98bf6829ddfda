//! The server: the dicts and lists that it owns, and how it serves a request.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use ipc_channel::IpcError;
use ipc_channel::ipc::IpcOneShotServer;
use kit::child::Entry;

use super::client::{Answer, Hello, Request, receive};
use super::{Error, Value};
use crate::ipc::{caught, door};
use crate::parent::Parent;

/// An object that the server has under a name.
#[derive(Debug)]
enum Object {
    Dict(BTreeMap<String, Value>),
    List(Vec<Value>),
}

type Objects = BTreeMap<String, Object>;

/// Serves a request.
fn serve(objects: &mut Objects, request: Request) -> Answer {
    request.check()?;
    let of_its_kind = |name: &str, objects: &Objects| match objects.contains_key(name) {
        true => Error::OtherKind(name.to_owned()),
        false => Error::NoSuchName(name.to_owned()),
    };
    match request {
        Request::MakeDict(name) => {
            match objects.entry(name.clone()).or_insert(Object::Dict(BTreeMap::new())) {
                Object::Dict(_) => Ok(None),
                Object::List(_) => Err(Error::OtherKind(name)),
            }
        }
        Request::MakeList(name) => {
            match objects.entry(name.clone()).or_insert(Object::List(Vec::new())) {
                Object::List(_) => Ok(None),
                Object::Dict(_) => Err(Error::OtherKind(name)),
            }
        }
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

/// The beginning of the line that the server sends when it could open no door.
pub(super) const NO_DOOR: &str = "no door: ";

/// The child that is the server. For each line of its parent it opens a door for one client, and
/// sends the door's name, or why there is none. It exits with its parent, and for no other reason:
/// it owns the data of all clients.
pub const SERVER: Entry = Entry { name: "manager-server", run: server };

fn server(_: &[String]) -> io::Result<()> {
    let objects = Arc::new(Mutex::new(Objects::new()));
    let parent = Parent::listen()?;
    loop {
        parent.recv_line()?;
        let objects = Arc::clone(&objects);
        // A client that dies at its door leaves this thread waiting, and the server as it was.
        let opened = door().and_then(|(door, name)| {
            thread::Builder::new().spawn(move || serve_a_client(door, &objects)).map(|_| name)
        });
        parent.send_line(opened.unwrap_or_else(|error| format!("{NO_DOOR}{error}")))?;
    }
}

fn serve_a_client(door: IpcOneShotServer<Hello>, objects: &Mutex<Objects>) {
    let accepted = caught(|| door.accept().map_err(io::Error::other));
    let Ok((_, (requests, answers))) = accepted else { return };
    loop {
        let answer = match receive(&requests) {
            Ok(request) => {
                serve(&mut objects.lock().unwrap_or_else(PoisonError::into_inner), request)
            }
            // All of the message has been received, so the next one can be.
            Err(IpcError::SerializationError(_)) => {
                Err(Error::Failed("the server cannot decode the request".into()))
            }
            // The client has closed its channel, or has died: this thread ends.
            Err(_) => return,
        };
        if answers.send(answer).is_err() {
            return;
        }
    }
}
