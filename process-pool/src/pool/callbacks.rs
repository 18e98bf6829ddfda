//! The thread that calls callbacks: none but this waits for what a callback does.

use std::cell::Cell;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::protocol::catch_panic;
use super::task_state::Call;

/// Calls callbacks one after the other, on a thread that there is as soon as it is wanted.
#[derive(Default)]
pub(crate) struct Callbacks(Mutex<Option<(Sender<Call>, JoinHandle<()>)>>);

thread_local! {
    /// Whose callbacks this thread calls. Without a destructor, so that it is there to the end of
    /// the thread.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

impl Callbacks {
    pub(crate) fn call(&self, call: Call) {
        let mut callbacks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callbacks.is_none() {
            let (sender, calls) = channel::<Call>();
            // The panic has been told to the terminal; the next callback is another's.
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
            // No room for a thread: then it is called here.
            None => {
                drop(callbacks);
                drop(catch_panic(call));
            }
        }
    }

    /// Waits until all have returned.
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
