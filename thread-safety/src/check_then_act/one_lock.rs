//! The lock is taken once and kept from the check to the act: nobody is let in between.
//!
//! Every place in the program that checks and acts has to do so. Which places those are, people
//! have to know; rustc does not.

use super::sync::{Arc, Mutex};
use super::{ASKED, BALANCE, Ended, lock, take, two};
use crate::Window;

/// Withdraws with both cards.
///
/// # Blocking
/// While the other thread holds the lock.
pub fn run(window: Window) -> Ended {
    let account = Arc::new(Mutex::new(BALANCE));
    let paid = two(&account, &window, |account, window| {
        let mut balance = take(window, "the lock", account);
        let seen = *balance;
        window.between(format_args!("sees {seen}"));
        if seen < ASKED {
            return false;
        }
        *balance -= ASKED;
        window.after(format_args!("takes {ASKED}"));
        true
    });
    Ended { balance: *lock(&account), paid }
}
