//! The money is taken only if the balance is still the one that was checked; if not, the new one is
//! checked.
//!
//! The act itself asks whether the check still holds: databases call it optimistic locking. It
//! serves for one word, or for a pointer to something that is made anew with each change.

use super::sync::Arc;
use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::{ASKED, BALANCE, Ended, two};
use crate::Window;

/// Withdraws with both cards.
///
/// # Memory ordering
/// `Relaxed`: the balance is all that is shared, and joining the threads makes their last writes
/// visible. An account whose balance vouches for other data would need `AcqRel`.
pub fn run(window: Window) -> Ended {
    let account = Arc::new(AtomicI64::new(BALANCE));
    let paid = two(&account, &window, |account, window| {
        let mut seen = account.load(Relaxed);
        loop {
            window.between(format_args!("sees {seen}"));
            if seen < ASKED {
                return false;
            }
            match account.compare_exchange(seen, seen - ASKED, Relaxed, Relaxed) {
                Ok(_) => break,
                Err(now) => seen = now,
            }
        }
        window.after(format_args!("takes {ASKED}"));
        true
    });
    Ended { balance: account.load(Relaxed), paid }
}
