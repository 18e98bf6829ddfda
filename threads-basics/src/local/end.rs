//! When a thread-local is destroyed: at the end of its thread, which `join` waits for and the end
//! of a scope does not.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::scope;

use crate::Meeting;
use crate::real::lane::{finish, start};

/// Notes what happens, in its order.
type Journal = Arc<Mutex<Vec<&'static str>>>;

thread_local! {
    static LAST_WORD: RefCell<Option<LastWord>> = const { RefCell::new(None) };
}

/// Notes its end; before and after that, it meets the starter.
struct LastWord {
    journal: Journal,
    meeting: Meeting,
}

impl Drop for LastWord {
    fn drop(&mut self) {
        self.meeting.meet();
        note(&self.journal, "destroyed");
        self.meeting.meet();
    }
}

/// Joins the thread: its thread-locals have been destroyed by then. Returns what happened, in its
/// order.
pub fn joined() -> Vec<&'static str> {
    let journal = Journal::default();
    let theirs = Arc::clone(&journal);
    finish(start("t1", move || body(&theirs, &Meeting::none())));
    note(&journal, "starter goes on");
    read(&journal)
}

/// Leaves the thread to the end of the scope, which waits for what the thread runs, and for nothing
/// that comes after that: here the thread-local is held back, and the scope ends all the same.
pub fn left_to_the_scope() -> Vec<&'static str> {
    let journal = Journal::default();
    let meeting = Meeting::of(2);
    scope(|scope| {
        scope.spawn(|| body(&journal, &meeting));
    });
    note(&journal, "starter goes on");
    // Now it may be destroyed; and now it has been.
    meeting.meet();
    meeting.meet();
    read(&journal)
}

/// Joins the thread in the scope, by hand.
pub fn joined_in_the_scope() -> Vec<&'static str> {
    let journal = Journal::default();
    scope(|scope| scope.spawn(|| body(&journal, &Meeting::none())).join())
        .expect("to note something does not fail");
    note(&journal, "starter goes on");
    read(&journal)
}

fn body(journal: &Journal, meeting: &Meeting) {
    LAST_WORD.set(Some(LastWord { journal: Arc::clone(journal), meeting: meeting.clone() }));
    note(journal, "t1 ends");
}

fn note(journal: &Journal, what: &'static str) {
    journal.lock().unwrap_or_else(PoisonError::into_inner).push(what);
}

fn read(journal: &Journal) -> Vec<&'static str> {
    journal.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
