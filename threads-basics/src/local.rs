//! Thread-locals: what a thread has for itself (`thread_local!`), beside what all threads share
//! (`static`).
//!
//! A thread-local is written like a static, and there is one for each thread: made when that thread
//! first asks for it, destroyed when the thread ends. That is its use, since it needs no lock, and
//! its danger: what is in it depends on the thread that asks.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::scope;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use crate::real::lane::{finish, start};

/// One for all threads. `Relaxed`: each addition is atomic, and the threads have met, or been joined,
/// before it is read.
static SHARED: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// One for each thread. A `Cell`, which is not `Sync`, will do: no other thread sees it.
    static OWN: Cell<u32> = const { Cell::new(0) };
}

/// What each thread read when all three had counted to ten, and what their parent had in the end.
pub type Counts = ([u32; 3], u32);

/// Counts in the static: every thread sees every step, and each is a write to shared memory.
pub fn together() -> Counts {
    // The static is one for all runs of this lesson, too: they wait for each other.
    static ONE_RUN: Mutex<()> = Mutex::new(());
    let _alone = ONE_RUN.lock().unwrap_or_else(PoisonError::into_inner);
    SHARED.store(0, Relaxed);
    let threads = three(|| _ = SHARED.fetch_add(1, Relaxed), || SHARED.load(Relaxed));
    (threads, SHARED.load(Relaxed))
}

/// Counts in the thread-local, and lets the parent read it: it reads its own, in which no thread has
/// counted.
pub fn apart() -> Counts {
    (three(|| OWN.set(OWN.get() + 1), || OWN.get()), OWN.get())
}

/// Counts in the thread-local, and returns the number as the thread's result: the parent adds up
/// three numbers.
pub fn merged() -> Counts {
    let threads = three(|| OWN.set(OWN.get() + 1), || OWN.get());
    (threads, threads.iter().sum())
}

/// Runs `add` ten times on each of three threads; each reads when all have counted.
fn three(add: fn(), read: fn() -> u32) -> [u32; 3] {
    let counted = SyncPoint::of(3);
    ["t1", "t2", "t3"]
        .map(|name| {
            let counted = counted.clone();
            start(name, move || {
                let _runs = info_span!("runs", what = "counts");
                (0..10).for_each(|_| add());
                counted.meet();
                read()
            })
        })
        .map(finish)
}

/// A request's user; `None` for an anonymous one.
type User = Option<String>;

thread_local! {
    /// The user on whose behalf this thread works.
    static USER: RefCell<User> = const { RefCell::new(None) };
}

/// Serves a request of Ada's and then an anonymous one on one thread, as pools do; returns the user
/// that each request found. The thread-local is not restored, and lives as long as its thread.
pub fn left_over() -> [User; 2] {
    served(|user, request| {
        if user.is_some() {
            USER.set(user);
        }
        request()
    })
}

/// The same, with a guard that restores what was there before, whatever becomes of the request.
pub fn put_back() -> [User; 2] {
    served(|user, request| {
        let _before = Restored(USER.replace(user));
        request()
    })
}

/// A guard that restores the user that it holds when it is dropped, also when the request panics.
struct Restored(User);

impl Drop for Restored {
    fn drop(&mut self) {
        USER.set(self.0.take());
    }
}

/// Serves two requests on one thread, each by `serve`.
fn served(serve: fn(User, fn() -> User) -> User) -> [User; 2] {
    finish(start("worker", move || {
        [Some("Ada".to_owned()), None].map(|user| {
            let _runs = info_span!("runs", what = user.as_deref().unwrap_or("anonymous"));
            // Deep inside, the user is not an argument: it is read from the thread.
            serve(user, || USER.with_borrow(Clone::clone))
        })
    }))
}

/// Takes the events of a run, in their order.
type Journal = Sender<&'static str>;

thread_local! {
    static LAST_WORD: RefCell<Option<LastWord>> = const { RefCell::new(None) };
}

/// A value that notes its destruction; before and after that, it meets the parent.
struct LastWord {
    journal: Journal,
    point: SyncPoint,
}

impl Drop for LastWord {
    fn drop(&mut self) {
        self.point.meet();
        let _ = self.journal.send("destroyed");
        self.point.meet();
    }
}

/// Joins the thread: its thread-locals have been destroyed by then. Returns the events.
pub fn joined() -> Vec<&'static str> {
    let (journal, events) = channel();
    let theirs = journal.clone();
    finish(start("t1", move || body(&theirs, &SyncPoint::none())));
    let _ = journal.send("parent goes on");
    events.try_iter().collect()
}

/// Leaves the thread to the end of the scope, which waits until the thread's function has returned,
/// and for nothing after that: here the thread-local is held back, and the scope ends all the same.
pub fn left_to_the_scope() -> Vec<&'static str> {
    let (journal, events) = channel();
    let point = SyncPoint::of(2).in_rounds();
    scope(|scope| {
        scope.spawn(|| body(&journal, &point));
    });
    let _ = journal.send("parent goes on");
    // Now it may be destroyed; and now it has been.
    point.meet();
    point.meet();
    events.try_iter().collect()
}

/// Joins the thread in the scope, by hand.
pub fn joined_in_the_scope() -> Vec<&'static str> {
    let (journal, events) = channel();
    scope(|scope| scope.spawn(|| body(&journal, &SyncPoint::none())).join())
        .expect("to note something does not fail");
    let _ = journal.send("parent goes on");
    events.try_iter().collect()
}

fn body(journal: &Journal, point: &SyncPoint) {
    LAST_WORD.set(Some(LastWord { journal: journal.clone(), point: point.clone() }));
    let _ = journal.send("t1 ends");
}
