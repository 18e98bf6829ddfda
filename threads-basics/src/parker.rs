//! crossbeam's `Parker`: a token of its own, beside the thread's.
//!
//! Any code that has a thread's handle can unpark it, so a wait with `park` may be ended by a token
//! that was meant for another wait on the same thread. A `Parker` is unparked by its `Unparker` alone.
//! What is waited for still has to be checked in a loop: a token may be left over in a parker as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::thread::park;

use crossbeam_utils::sync::Parker;
use kit::real::lane::{finish, start};
use kit::sync_point::SyncPoint;
use tracing::info_span;

use crate::PACE;

/// Leaves a stray token with the thread `t1`, waits a while whether t1 is woken by it, and then
/// stores the letter and unparks t1 by its parker. The stray token is then still there: t1 takes it by
/// a `park` that returns at once. Returns whether the stray token ended the wait, and the letter that
/// was there at its end: 20, if t1 waited for it.
pub fn own_token() -> (bool, u32) {
    let letter = Arc::new(AtomicU32::new(0));
    let parker = Parker::new();
    let unparker = parker.unparker().clone();
    let (woken, is_woken) = channel();
    let (token_is_there, theirs) = (SyncPoint::of(2).in_rounds(), Arc::clone(&letter));
    let token_is_there2 = token_is_there.clone();
    let t1 = start("t1", move || {
        token_is_there2.meet();
        let waits = info_span!("waits", what = "its own token", from = "parent");
        parker.park();
        drop(waits);
        let letter = theirs.load(Relaxed);
        // The parent may have stopped listening: its wait has a timeout.
        let _ = woken.send(());
        park();
        letter
    });
    t1.thread().unpark();
    token_is_there.meet();
    let by_the_stray_token = is_woken.recv_timeout(PACE).is_ok();
    letter.store(20, Relaxed);
    unparker.unpark();
    (by_the_stray_token, finish(t1))
}
