//! Both threads take A, then B: with one order for all, a circle of waits cannot close.
//!
//! The order may be any, as long as it is the same everywhere: by name, by address, by account number.

use super::lane::{take, two};
use super::{Done, Pair, Window};

/// Adds 1 to both values on each of two threads.
///
/// # Blocking
/// While the other thread has both locks.
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
            let mut a = take("A", &pair.a);
            pair.window.pause();
            let mut b = take("B", &pair.b);
            pair.window.work();
            *a += 1;
            *b += 1;
        },
    );
    pair.done(0)
}
