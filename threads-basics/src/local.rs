//! Thread-locals: what a thread has for itself (`thread_local!`), beside what all threads share
//! (`static`).
//!
//! A thread-local is written like a static, and there is one for each thread: made when that thread
//! first asks for it, destroyed when the thread ends. That is its use, since it needs no lock, and
//! its danger: what is in it depends on the thread that asks.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::{Sender, channel};
use std::thread::scope;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use kit::real::lane::{finish, start};

/// One for all threads. `Relaxed`: the threads have met, or been joined, before it is read.
static SHARED: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// One for each thread. A `Cell`, which is not `Sync`, will do: no other thread sees it.
    static OWN: Cell<u32> = const { Cell::new(0) };
}

/// Counts in the static: every thread sees every step, and each is a write to shared memory. Returns,
/// as the next two, what each thread read when all had counted, and what their parent had in the end.
pub fn together() -> ([u32; 3], u32) {
    // The static is one for all runs of this lesson, too.
    SHARED.store(0, Relaxed);
    let threads = three(|| _ = SHARED.fetch_add(1, Relaxed), || SHARED.load(Relaxed));
    (threads, SHARED.load(Relaxed))
}

/// Counts in the thread-local, and lets the parent read its own, in which no thread has counted.
pub fn apart() -> ([u32; 3], u32) {
    (three(|| OWN.set(OWN.get() + 1), || OWN.get()), OWN.get())
}

/// Counts in the thread-local, and returns the number: the parent adds up three numbers.
pub fn merged() -> ([u32; 3], u32) {
    let threads = three(|| OWN.set(OWN.get() + 1), || OWN.get());
    (threads, threads.iter().sum())
}

/// Runs `add` ten times on each of three threads; each reads when all have counted.
fn three(add: fn(), read: fn() -> u32) -> [u32; 3] {
    let counted = SyncPoint::of(3);
    let threads = ["t1", "t2", "t3"].map(|name| {
        let counted = counted.clone();
        start(name, move || {
            let _runs = info_span!("runs", what = "counts");
            (0..10).for_each(|_| add());
            counted.meet();
            read()
        })
    });
    threads.map(finish)
}

/// A request's user; `None` for an anonymous one.
type User = Option<&'static str>;

thread_local! {
    /// The user on whose behalf this thread works.
    static USER: Cell<User> = const { Cell::new(None) };
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

/// The same, with a guard that restores what was there before.
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
        USER.set(self.0);
    }
}

/// Serves two requests on one thread, each by `serve`.
fn served(serve: fn(User, fn() -> User) -> User) -> [User; 2] {
    finish(start("worker", move || {
        [Some("Ada"), None].map(|user| {
            let _runs = info_span!("runs", what = user.unwrap_or("anonymous"));
            // Deep inside, the user is not an argument: it is read from the thread.
            serve(user, || USER.get())
        })
    }))
}

thread_local! {
    static LAST_WORD: RefCell<Option<LastWord>> = const { RefCell::new(None) };
}

/// A value that notes its destruction; before and after that, it meets the parent.
struct LastWord {
    journal: Sender<&'static str>,
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
pub fn joined() -> [&'static str; 3] {
    ended(&SyncPoint::none(), |body| finish(start("t1", body)))
}

/// Joins the thread in a scope, by hand.
pub fn joined_in_the_scope() -> [&'static str; 3] {
    ended(&SyncPoint::none(), |body| {
        scope(|scope| scope.spawn(body).join()).expect("to note something does not fail");
    })
}

/// Leaves the thread to the end of the scope, which waits until the thread's function has returned:
/// here the thread-local is held back, and the scope ends all the same.
pub fn left_to_the_scope() -> [&'static str; 3] {
    ended(&SyncPoint::of(2).in_rounds(), |body| {
        scope(|scope| _ = scope.spawn(body));
    })
}

/// Runs the body of a thread in some way; returns the events in their order, when the thread-local
/// has been destroyed.
fn ended(point: &SyncPoint, run: impl FnOnce(Box<dyn FnOnce() + Send>)) -> [&'static str; 3] {
    let (journal, events) = channel();
    let last_word = LastWord { journal: journal.clone(), point: point.clone() };
    run(Box::new(move || {
        let _ = last_word.journal.send("t1 ends");
        LAST_WORD.set(Some(last_word));
    }));
    let _ = journal.send("parent goes on");
    // Now it may be destroyed; and now it has been.
    point.meet();
    point.meet();
    [(); 3].map(|()| events.try_recv().unwrap_or_default())
}
