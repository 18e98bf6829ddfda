//! The dicts, lists and locks that the server owns, and how it serves a request. What a client gets
//! is a copy.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use super::client::{Answer, Refused, Request, Value};

/// The objects, and a signal to the threads that wait for one of the locks among them.
#[derive(Debug, Default)]
pub(super) struct Owned {
    objects: Mutex<Objects>,
    released: Condvar,
}

type Objects = BTreeMap<String, Object>;

/// An object that the server has under a name.
#[derive(Debug)]
enum Object {
    Dict(BTreeMap<String, Value>),
    List(Vec<i64>),
    /// The thread that serves the client that holds it.
    Lock(Option<ThreadId>),
}

/// Finds an object by its name, or makes it.
macro_rules! object {
    ($objects:ident, $name:expr, $Kind:ident) => {
        match $objects.entry($name.clone()).or_insert(Object::$Kind(Default::default())) {
            Object::$Kind(object) => object,
            _ => return Err(Refused::OtherKind($name)),
        }
    };
}

impl Owned {
    /// Serves a request of this thread's client.
    pub(super) fn serve(&self, request: Request) -> Answer {
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

    /// Releases all locks that this thread's client holds: it is gone.
    pub(super) fn release_all(&self) {
        self.release(&mut self.lock(), |_| true);
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

    fn lock(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
