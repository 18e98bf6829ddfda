//! Both threads take A, then B: with one order for all, a circle of waits cannot close.
//!
//! The order may be any, as long as it is the same everywhere: by name, by address, by account
//! number. So locks that come from data can be ordered as well: they are sorted by a key before the
//! first is acquired. (Where keys may be equal, a third lock, a tie lock, is acquired before two
//! such.)
//!
//! ```
//! use std::sync::Mutex;
//!
//! struct Account {
//!     number: u32,
//!     balance: Mutex<i64>,
//! }
//!
//! /// Moves an amount; `transfer(a, b)` beside `transfer(b, a)` does not deadlock.
//! fn transfer(from: &Account, to: &Account, amount: i64) {
//!     if from.number == to.number {
//!         return;
//!     }
//!     let in_order = if from.number < to.number { [from, to] } else { [to, from] };
//!     let [mut low, mut high] = in_order.map(|account| account.balance.lock().unwrap());
//!     let (source, target) = if from.number < to.number { (&mut low, &mut high) } else { (&mut high, &mut low) };
//!     **source -= amount;
//!     **target += amount;
//! }
//!
//! let [a, b] = [1, 2].map(|number| Account { number, balance: Mutex::new(100) });
//! std::thread::scope(|scope| {
//!     scope.spawn(|| (0..1_000).for_each(|_| transfer(&a, &b, 1)));
//!     scope.spawn(|| (0..1_000).for_each(|_| transfer(&b, &a, 1)));
//! });
//! assert_eq!([a, b].map(|account| account.balance.into_inner().unwrap()), [100, 100]);
//! ```

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
