//! t1 takes A, then B; t2 takes B, then A. Once each has its first lock, neither can have its
//! second.

use super::lane::{take, two};
use super::{Done, Pair, Window};

/// Adds 1 to both values on each of two threads.
///
/// # Blocking
/// For ever, if both threads are in the window at once.
pub fn run(window: Window) -> Done {
    let pair = Pair::new(window);
    two(
        &pair,
        |pair| {
            let mut a = take("A", &pair.a);
            pair.window.pause();
            let mut b = take("B", &pair.b);
            pair.window.work();
            *a += 1;
            *b += 1;
        },
        |pair| {
            let mut b = take("B", &pair.b);
            pair.window.pause();
            let mut a = take("A", &pair.a);
            pair.window.work();
            *a += 1;
            *b += 1;
        },
    );
    pair.done(0)
}
