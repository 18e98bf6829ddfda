#!/usr/bin/env bash
# may 0.3.51: a coroutine that panics while it holds a `Mutex` of may's poisons it; one that is cancelled there does not, and the next one to lock finds half a
# transfer: taken from one account, and not put on the other.
# Guess: poisoned in both cases, since `cancel` unwinds the coroutine's stack as a panic does, at a receive in the middle of its critical section.
# Why: the guard asks whether its coroutine was cancelled, and leaves the flag alone if so: what is cancelled is meant to end without a trace. So a cancel
#   is a panic that no lock tells of. A wait inside a critical section is a place where it may end; what must hold has to hold there, too.
# Source: may's sync/poison.rs; its documentation of `Coroutine::cancel` warns of side effects, and names no lock.
. "$(dirname "$0")/run.bash"
rust 'may = "=0.3.51"' <<'RUST'
use std::panic::resume_unwind;
use std::sync::Arc;

use may::sync::{mpsc, Mutex};

struct Accounts {
    from: u32,
    to: u32,
}

fn transfer(name: &str, cancelled: bool) {
    let accounts = Arc::new(Mutex::new(Accounts { from: 1, to: 0 }));
    let (begun, has_begun) = mpsc::channel();
    let (_never, approval) = mpsc::channel::<()>();
    let inside = accounts.clone();
    let transfer = move || {
        let mut accounts = inside.lock().unwrap();
        accounts.from -= 1;
        begun.send(()).unwrap();
        if !cancelled { resume_unwind(Box::new("no approval")) }
        approval.recv().unwrap();
        accounts.to += 1;
    };
    // SAFETY: it uses no thread-local storage and little of its stack.
    let coroutine = unsafe { may::coroutine::spawn(transfer) };
    has_begun.recv().unwrap();
    // SAFETY: what it owns at its receive can be dropped there.
    if cancelled { unsafe { coroutine.coroutine().cancel() } }
    let failed = coroutine.join().is_err();
    let poisoned = accounts.is_poisoned();
    let accounts = accounts.lock().unwrap_or_else(|poison| poison.into_inner());
    let Accounts { from, to } = *accounts;
    println!("{name}: join failed {failed}, poisoned {poisoned}, from {from} to {to}");
}

fn main() {
    transfer("panic ", false);
    transfer("cancel", true);
}
RUST
holds <<'END'
panic : join failed true, poisoned true, from 0 to 0
cancel: join failed true, poisoned false, from 0 to 0
END
