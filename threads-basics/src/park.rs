//! `park` and `unpark`: the smallest way for a thread to wait for another, from which locks and
//! channels are made.
//!
//! Each thread has one token. `unpark` makes it available; `park` blocks until it is, and takes it.
//! The token says "look again", not what for: it may be left over from something else, and `park`
//! may return without one (a spurious wakeup). So what is waited for has to be checked in a loop.
//!
//! The parent puts letters into a box, and the thread `t1` takes them. The first one, 10, is there
//! when t1 looks, so it need not park, and the token that comes with it is left over: that is the
//! one that wakes t1 when it waits for the second letter, 20.

use std::sync::atomic::AtomicBool;

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{finish, start};
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::thread::{JoinHandle, park};

/// Checks the box once, in an `if`: a thread that is woken takes it for granted that the letter is
/// there. Returns the letters that t1 took: the first one twice, where a token is left over.
pub fn checked_once(point: &SyncPoint) -> [u32; 2] {
    two_letters(point, |letters, number| {
        if !letters.has_come(number) {
            wait_for_token();
        }
    })
}

/// Checks the box in a `while`: a thread that is woken looks again. Returns the letters that t1 took.
pub fn checked_again(point: &SyncPoint) -> [u32; 2] {
    two_letters(point, |letters, number| {
        while !letters.has_come(number) {
            wait_for_token();
        }
    })
}

/// Unparks `t1` first, and puts the letter into the box afterwards: if t1 looks in between, it finds
/// nothing, and parks for good.
///
/// # Blocking
/// For ever, if t1 looks in between.
pub fn unparked_first(point: &SyncPoint) -> u32 {
    let letters = Letters::new(point);
    let theirs = Arc::clone(&letters);
    let t1 = start("t1", move || {
        while !theirs.has_come(1) {
            wait_for_token();
        }
        theirs.take()
    });
    unpark(&t1);
    // It has looked in vain before that, or after; and once more since.
    point.meet();
    letters.put(10);
    wait_for(t1)
}

/// Unparks `t1` some times before it parks as often. Once: the token is kept, and `park` returns at
/// once, so that no wakeup is lost. Twice: tokens are not counted.
///
/// # Blocking
/// For ever, in the second `park`.
pub fn unparked_before(times: u32, point: &SyncPoint) {
    let theirs = point.clone();
    let t1 = start("t1", move || {
        theirs.meet();
        for _ in 0..times {
            wait_for_token();
            info!("has been woken");
        }
    });
    for _ in 0..times {
        unpark(&t1);
    }
    point.meet();
    wait_for(t1);
}

/// A box for one letter at a time.
#[derive(Debug)]
struct Letters {
    /// The number of letters so far. `Release` where it is set, `Acquire` where it is read: a thread
    /// that reads that a letter has come can read the letter.
    come: AtomicU32,
    /// The last of them.
    letter: AtomicU32,
    point: SyncPoint,
    /// For the synchronisation point alone: whether t1 has looked in vain, and whether it has met the
    /// parent after that. No part of the model.
    looked_in_vain: AtomicBool,
    went_on: AtomicBool,
}

impl Letters {
    fn new(point: &SyncPoint) -> Arc<Self> {
        let (come, letter) = (AtomicU32::new(0), AtomicU32::new(0));
        let (looked_in_vain, went_on) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self { come, letter, point: point.clone(), looked_in_vain, went_on })
    }

    fn put(&self, letter: u32) {
        self.letter.store(letter, Relaxed);
        self.come.fetch_add(1, Release);
        drop(info_span!("runs", lane = "parent", what = format!("puts {letter}")));
    }

    /// Returns whether `wanted` letters have come. A thread that looks in vain a second time has been
    /// woken for nothing, and meets the parent.
    fn has_come(&self, wanted: u32) -> bool {
        let has_come = self.come.load(Acquire) >= wanted;
        if !has_come && self.looked_in_vain.swap(true, Relaxed) {
            self.goes_on();
        }
        has_come
    }

    /// Meets the parent after having been woken, once.
    fn goes_on(&self) {
        if !self.went_on.swap(true, Relaxed) {
            self.point.meet();
        }
    }

    fn take(&self) -> u32 {
        let letter = self.letter.load(Relaxed);
        info!("takes {letter}");
        letter
    }
}

/// Puts two letters into the box, one after the other, and returns which ones `t1` took: it waits
/// for each as `wait` does.
fn two_letters(point: &SyncPoint, wait: fn(&Letters, u32)) -> [u32; 2] {
    let letters = Letters::new(point);
    let theirs = Arc::clone(&letters);
    let t1 = start("t1", move || {
        theirs.point.meet();
        let taken = [1, 2].map(|number| {
            wait(&theirs, number);
            let letter = theirs.take();
            if number == 1 {
                theirs.point.meet();
            }
            letter
        });
        theirs.goes_on();
        taken
    });
    letters.put(10);
    // t1 may look now, and does not find the box empty;
    point.meet();
    // it has the first letter;
    point.meet();
    do_something_else(point);
    unpark(&t1);
    // and has been woken by what was meant for the first one.
    point.meet();
    do_something_else(point);
    letters.put(20);
    unpark(&t1);
    wait_for(t1)
}

#[track_caller]
fn wait_for_token() {
    let _waits = info_span!("waits", what = "a token", from = "parent");
    park();
}

#[track_caller]
fn unpark<R>(thread: &JoinHandle<R>) {
    drop(info_span!("runs", lane = "parent", what = "unparks t1"));
    thread.thread().unpark();
}

/// Takes time, so that a picture shows the others' waits; no step of the model.
fn do_something_else(point: &SyncPoint) {
    if point.is_real() {
        let _runs = info_span!("runs", lane = "parent", what = "something else");
        point.work();
    }
}

#[track_caller]
fn wait_for<R>(thread: JoinHandle<R>) -> R {
    let _waits = info_span!("waits", lane = "parent", what = "end of t1", from = "t1");
    finish(thread)
}
