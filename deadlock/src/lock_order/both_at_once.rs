//! Who wants both locks takes them in one step: while one thread is taking locks, no other is.
//!
//! A third lock guards the taking. It costs concurrency: while a thread waits for the second lock,
//! nobody else can even begin, also with locks that have nothing to do with these two.

use super::lane::{take, two};
use super::sync::{Arc, Mutex};
use super::{Done, Pair, Window};

/// Adds 1 to both values on each of two threads.
///
/// # Blocking
/// While the other thread is taking its locks, or has both.
pub fn run(window: Window) -> Done {
    let pair = Pair::new(window);
    let taking = Arc::new(Mutex::new(()));
    let taking2 = Arc::clone(&taking);
    two(
        &pair,
        move |pair| {
            let turn = take("the turn", &taking);
            let mut a = take("A", &pair.a);
            pair.window.pause();
            let mut b = take("B", &pair.b);
            drop(turn);
            pair.window.work();
            *a += 1;
            *b += 1;
        },
        move |pair| {
            let turn = take("the turn", &taking2);
            let mut b = take("B", &pair.b);
            pair.window.pause();
            let mut a = take("A", &pair.a);
            drop(turn);
            pair.window.work();
            *a += 1;
            *b += 1;
        },
    );
    pair.done(0)
}
