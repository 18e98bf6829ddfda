//! Panics in a lesson: part of what is watched, not news.

use std::panic;
use std::sync::{Mutex, PoisonError};

static LAST: Mutex<String> = Mutex::new(String::new());

/// Makes a panic a mark in its thread's lane; its message is kept, and not printed.
pub(crate) fn watch() {
    panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = text.lines().collect::<Vec<_>>().join(" ");
        tracing::error!("panics");
    }));
}

/// Returns the message of the last panic.
pub(crate) fn last() -> String {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
