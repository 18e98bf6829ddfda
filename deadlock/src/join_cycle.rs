//! Threads that wait for each other's end.
//!
//! There are three, since two are sometimes found out: glibc refuses to join a thread that is joining
//! the caller, if it sees it in time, and std turns that into a panic.

use tracing::info_span;

use super::lane::{finish, start};
use super::sync::mpsc::channel;
use super::thread::JoinHandle;

/// Hands each of three threads the next one's handle; each joins it before it ends.
///
/// # Blocking
/// For ever.
pub fn ring() {
    const NAMES: [&str; 3] = ["t1", "t2", "t3"];
    let mut handles = Vec::new();
    let mut mailboxes = Vec::new();
    for me in 0..3 {
        let (mailbox, handed) = channel::<JoinHandle<()>>();
        mailboxes.push(mailbox);
        handles.push(start(NAMES[me], move || {
            let next = handed.recv().expect("the parent hands out every handle");
            let other = NAMES[(me + 1) % 3];
            let _waits = info_span!("waits", what = format!("end of {other}"), from = other);
            finish(next);
        }));
    }
    handles.rotate_left(1);
    for (mailbox, next) in mailboxes.iter().zip(handles) {
        mailbox.send(next).expect("each thread waits for its handle");
    }
    // No handle is left outside to join the three. What main waits for never comes.
    let (sender, never) = channel::<()>();
    let _ = never.recv();
    drop(sender);
}

/// The parent thread joins all three, and they join none; returns how many ended.
pub fn by_the_parent() -> usize {
    let threads = ["t1", "t2", "t3"].map(|name| start(name, || ()));
    threads.into_iter().map(finish).count()
}
