//! No mutual exclusion: the threads only read, and a reader-writer lock has room for many readers.

use tracing::info_span;

use super::Window;
use super::lane::two;
use super::sync::{Arc, PoisonError, RwLock};

/// Reads both values on each of two threads, in opposite orders; returns what each thread read.
pub fn run(window: Window) -> [u32; 2] {
    let pair = Arc::new((RwLock::new(1), RwLock::new(1), window));
    two(
        &pair,
        |(a, b, window)| {
            let a =
                (a.read().unwrap_or_else(PoisonError::into_inner), info_span!("holds", what = "A"));
            window.pause();
            let b =
                (b.read().unwrap_or_else(PoisonError::into_inner), info_span!("holds", what = "B"));
            *a.0 + *b.0
        },
        |(a, b, window)| {
            let b =
                (b.read().unwrap_or_else(PoisonError::into_inner), info_span!("holds", what = "B"));
            window.pause();
            let a =
                (a.read().unwrap_or_else(PoisonError::into_inner), info_span!("holds", what = "A"));
            *a.0 + *b.0
        },
    )
}
