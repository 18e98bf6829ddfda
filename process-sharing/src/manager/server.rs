//! The server: what it owns, and what it does with what a client asks.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use ipc_channel::IpcError;
use ipc_channel::ipc::IpcOneShotServer;

use super::{Answer, Error, Hello, Request, Value, receive};
use crate::ipc::{caught, door};
use crate::peer::Parent;

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

/// What the server says in place of a door's name when it could open none.
pub(super) const NO_DOOR: &str = "no door: ";

/// The server: for each line that its parent tells, opens a door for one client, and says its name,
/// or why there is none. It ends with its parent, and for no other reason: it has everybody's data.
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
    let accepted = caught(|| door.accept().map_err(io::Error::other));
    let Ok((_, (requests, answers))) = accepted else { return };
    loop {
        let answer = match receive(&requests) {
            Ok(request) => {
                serve(&mut objects.lock().unwrap_or_else(PoisonError::into_inner), request)
            }
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
