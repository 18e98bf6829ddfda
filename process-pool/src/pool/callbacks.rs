//! The thread that runs callbacks: a slow callback delays no other thread of the pool.

use std::cell::Cell;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::block::Call;
use super::protocol::catch_panic;

/// The pool's callbacks, run one after the other, on a thread that is started for the first one.
#[derive(Default)]
pub(crate) struct Callbacks(Mutex<Option<(Sender<Call>, JoinHandle<()>)>>);

thread_local! {
    /// The address of the callbacks that this thread runs. It has no destructor, so that it is
    /// there to the end of the thread.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

impl Callbacks {
    pub(crate) fn call(&self, call: Call) {
        let mut callbacks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callbacks.is_none() {
            let (sender, calls) = channel::<Call>();
            // The panic hook has reported the panic; the next callback is another caller's.
            let of = std::ptr::from_ref(self) as usize;
            let call_all = move || {
                CALLS.set(of);
                calls.into_iter().for_each(|call| drop(catch_panic(call)));
            };
            *callbacks = thread::Builder::new()
                .name("callbacks".to_owned())
                .spawn(call_all)
                .ok()
                .map(|thread| (sender, thread));
        }
        match &*callbacks {
            Some((sender, _)) => drop(sender.send(call)),
            // The system has no room for a thread: then this one runs the callback.
            None => {
                drop(callbacks);
                drop(catch_panic(call));
            }
        }
    }

    /// Waits until all callbacks have returned.
    pub(crate) fn end(&self) {
        let callbacks = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((sender, thread)) = callbacks {
            drop(sender);
            // A callback that ends the pool does not wait for itself.
            if CALLS.get() != std::ptr::from_ref(self) as usize {
                let _ = thread.join();
            }
        }
    }
}
