//! Panics in a lesson: part of what is watched, not news.

use std::panic;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::shortage;

type Told = Box<dyn Fn(&'static str) + Send>;

static LAST: Mutex<String> = Mutex::new(String::new());
static ON_SHORTAGE: Mutex<Option<Told>> = Mutex::new(None);

/// Makes a panic a mark in its thread's lane; its message is kept, and not printed.
pub(crate) fn watch() {
    panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        let text = text.lines().collect::<Vec<_>>().join(" ");
        if let (Some(limit), Some(told)) = (shortage::of(&text), lock(&ON_SHORTAGE).as_ref()) {
            told(limit);
        }
        *lock(&LAST) = text;
        tracing::error!("panics");
    }));
}

/// Returns the message of the last panic.
pub(crate) fn last() -> String {
    lock(&LAST).clone()
}

/// Sets what is called when a thread panics because the system has no more threads or descriptors
/// to give: with what to do. The other threads of the lesson may wait for that one with no end.
pub(crate) fn on_shortage(told: impl Fn(&'static str) + Send + 'static) {
    *lock(&ON_SHORTAGE) = Some(Box::new(told));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
