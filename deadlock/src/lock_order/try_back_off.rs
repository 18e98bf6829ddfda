//! Opposite orders, but the second lock is only tried: who does not get it gives the first one
//! back.
//!
//! It then waits for the lock that it did not get, and tries the other: this is how C++'s
//! `std::lock` does it in GCC's and LLVM's libraries (Howard Hinnant, "Dining Philosophers
//! Rebooted"). Two threads can still go round for ever, if they keep step at each of their moves; a
//! thread that tried again with the same lock first would meet the other far more easily (the
//! lesson `livelock`).

use super::lane::{take, try_take, two};
use super::sync::Mutex;
use super::{Done, Pair, Window};

/// Adds 1 to both values on each of two threads.
///
/// # Blocking
/// While the other thread has the lock that is waited for; nothing is held meanwhile.
pub fn run(window: Window) -> Done {
    let pair = Pair::new(window);
    let back_offs = two(
        &pair,
        |pair| add_to_both(("A", &pair.a), ("B", &pair.b), &pair.window),
        |pair| add_to_both(("B", &pair.b), ("A", &pair.a), &pair.window),
    );
    pair.done(back_offs.iter().sum())
}

/// Adds 1 to both values and returns how often a lock was given back on the way.
fn add_to_both<'a>(
    mut first: (&'a str, &'a Mutex<u32>),
    mut second: (&'a str, &'a Mutex<u32>),
    window: &Window,
) -> u32 {
    let mut back_offs = 0;
    loop {
        let mut one = take(first.0, first.1);
        window.pause();
        if let Some(mut other) = try_take(second.0, second.1) {
            window.work();
            *one += 1;
            *other += 1;
            return back_offs;
        }
        drop(one);
        back_offs += 1;
        std::mem::swap(&mut first, &mut second);
    }
}
