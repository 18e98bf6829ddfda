//! The balance is checked, then the money is taken: each under the lock, but the lock is given back
//! in between.
//!
//! No update is lost, and rustc has nothing to object to. But what was checked need not be true any
//! more.

use super::sync::{Arc, Mutex};
use super::{ASKED, BALANCE, Ended, lock, two};
use crate::Window;

/// Withdraws with both cards.
///
/// # Blocking
/// While the other thread holds the lock: for one step, so no lane shows it.
pub fn run(window: Window) -> Ended {
    let account = Arc::new(Mutex::new(BALANCE));
    let paid = two(&account, &window, |account, window| {
        let seen = *lock(account);
        window.between(format_args!("sees {seen}"));
        if seen < ASKED {
            return false;
        }
        *lock(account) -= ASKED;
        window.after(format_args!("takes {ASKED}"));
        true
    });
    Ended { balance: *lock(&account), paid }
}
