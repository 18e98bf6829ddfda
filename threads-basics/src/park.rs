//! A thread lies down, `park`, and another one wakes it, `unpark`: the smallest way to wait, out of
//! which others are made.
//!
//! Each thread has one token. `unpark` puts it there; `park` sleeps until it is there, and takes
//! it. The token says "look again", not what for: it may be left over from something else, and
//! `park` may return without any. So what is waited for has to be looked at, again and again.
//!
//! The starter puts letters into a box, and the thread `t1` takes them. The first one, 10, is there
//! when t1 looks, so it need not park, and the token that comes with it is left over: that is the
//! one that wakes t1 when it waits for the second one, 20.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tracing::info_span;

use super::lane::{finish, start, work};
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::thread::{JoinHandle, park};
use crate::Meeting;

pub mod checked_again;
pub mod checked_once;
pub mod tokens;
pub mod unparked_first;

/// A box for one letter at a time.
#[derive(Debug)]
struct Letters {
    /// How many have come. Release where it is set, Acquire where it is read: who reads that a
    /// letter is there can read the letter.
    come: AtomicU32,
    /// The last of them.
    letter: AtomicU32,
    meeting: Meeting,
    /// For the meeting alone: whether t1 has looked in vain, and whether it has met the starter
    /// after that. No part of the model.
    looked_in_vain: AtomicBool,
    went_on: AtomicBool,
}

impl Letters {
    fn new(meeting: &Meeting) -> Arc<Self> {
        let (come, letter) = (AtomicU32::new(0), AtomicU32::new(0));
        let (looked_in_vain, went_on) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self { come, letter, meeting: meeting.clone(), looked_in_vain, went_on })
    }

    /// Puts a letter into the box.
    fn put(&self, letter: u32) {
        self.letter.store(letter, Relaxed);
        self.come.fetch_add(1, Release);
        drop(info_span!("runs", lane = "starter", what = format!("puts {letter}")));
    }

    /// Looks whether so many letters have come. Who looks in vain a second time has been woken for
    /// nothing, and meets the starter.
    fn has_come(&self, wanted: u32) -> bool {
        let has_come = self.come.load(Acquire) >= wanted;
        if !has_come && self.looked_in_vain.swap(true, Relaxed) {
            self.goes_on();
        }
        has_come
    }

    /// Meets the starter after having been woken, once.
    fn goes_on(&self) {
        if !self.went_on.swap(true, Relaxed) {
            self.meeting.meet();
        }
    }

    /// Takes the letter.
    fn take(&self) -> u32 {
        let letter = self.letter.load(Relaxed);
        tracing::info!("takes {letter}");
        letter
    }
}

/// Lies down, and says so.
fn lie_down() {
    let _waits = info_span!("waits", what = "a token", from = "starter");
    park();
}

/// Wakes a thread, and says so.
fn wake<R>(thread: &JoinHandle<R>) {
    drop(info_span!("runs", lane = "starter", what = "unparks t1"));
    thread.thread().unpark();
}

/// Takes time, so that the others' waits can be seen; no step of the model.
fn do_something_else(pace: Duration) {
    if !pace.is_zero() {
        let _runs = info_span!("runs", lane = "starter", what = "something else");
        work(pace);
    }
}

/// Waits for t1, and says so.
fn wait_for<R>(thread: JoinHandle<R>) -> R {
    let _waits = info_span!("waits", lane = "starter", what = "end of t1", from = "t1");
    finish(thread)
}

/// Puts two letters into the box, one after the other, and returns which ones `t1` took: it waits
/// for each as `wait` does.
fn two_letters(meeting: &Meeting, pace: Duration, wait: fn(&Letters, u32)) -> [u32; 2] {
    let letters = Letters::new(meeting);
    let theirs = Arc::clone(&letters);
    let t1 = start("t1", move || {
        theirs.meeting.meet();
        let taken = [1, 2].map(|number| {
            wait(&theirs, number);
            let letter = theirs.take();
            if number == 1 {
                theirs.meeting.meet();
            }
            letter
        });
        theirs.goes_on();
        taken
    });
    letters.put(10);
    // t1 may look now, and does not find the box empty;
    meeting.meet();
    // it has the first letter;
    meeting.meet();
    do_something_else(pace);
    wake(&t1);
    // and has been woken by what was meant for the first one.
    meeting.meet();
    do_something_else(pace);
    letters.put(20);
    wake(&t1);
    wait_for(t1)
}
