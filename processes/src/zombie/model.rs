//! A model of SIGCHLD: children end one by one, a pending signal is one bit, and the parent's
//! handler runs when it is set.

use kit::model::sync::{Arc, Condvar, Mutex};
use kit::model::thread;
use tracing::info;

use super::Handler;

const CHILDREN: usize = 2;

/// What the kernel keeps for the parent.
#[derive(Default)]
struct Kernel {
    running: usize,
    zombies: usize,
    /// Whether SIGCHLD is pending. It is set or not: a second one is lost.
    pending: bool,
}

/// Starts two children and handles SIGCHLD until none runs and no signal is pending; returns how
/// many zombies are left.
pub fn zombies(handler: Handler) -> usize {
    let kernel = Kernel { running: CHILDREN, ..Kernel::default() };
    let shared = Arc::new((Mutex::new(kernel), Condvar::new()));
    let child = |number| {
        let shared = Arc::clone(&shared);
        let end = move || {
            let (kernel, changed) = &*shared;
            let mut kernel = kernel.lock().unwrap();
            kernel.running -= 1;
            kernel.zombies += 1;
            let lost = kernel.pending;
            kernel.pending = true;
            info!("ends; SIGCHLD is {}", if lost { "pending already" } else { "sent" });
            changed.notify_one();
        };
        thread::Builder::new().name(format!("child {number}")).spawn(end).unwrap()
    };
    let children: Vec<_> = (1..=CHILDREN).map(child).collect();
    let (kernel, changed) = &*shared;
    loop {
        let mut state = kernel.lock().unwrap();
        while !state.pending && state.running > 0 {
            state = changed.wait(state).unwrap();
        }
        if !state.pending {
            break;
        }
        // The signal is delivered; one that comes from here on is a new one.
        state.pending = false;
        info!("handles SIGCHLD");
        drop(state);
        let reap_one = || {
            let mut kernel = kernel.lock().unwrap();
            let some = kernel.zombies > 0;
            kernel.zombies -= usize::from(some);
            info!("{}", if some { "reaps a child" } else { "finds no child to reap" });
            some
        };
        match handler {
            Handler::WaitsOnce => drop(reap_one()),
            Handler::Loops => while reap_one() {},
        }
    }
    for child in children {
        child.join().unwrap();
    }
    kernel.lock().unwrap().zombies
}
