//! The account is a type whose only way to take money checks as well: who uses it cannot get in
//! between, nor forget the lock.
//!
//! There is no method that only tells the balance, since whoever asked could rest a decision on a
//! value that is no longer true. What was true at the moment comes with the answer.

use super::sync::{Arc, Mutex};
use super::{ASKED, BALANCE, Ended, take, two};
use crate::Window;

/// Holds money that cannot be overdrawn.
///
/// ```
/// use thread_safety::{Window, real::check_then_act::one_method::Account};
///
/// let account = Account::new(100);
/// assert_eq!(account.withdraw(80, &Window::told()), Ok(20));
/// assert_eq!(account.withdraw(80, &Window::told()), Err(20));
/// ```
///
/// Nobody else reaches the balance, to check it now and to change it later:
///
/// ```compile_fail,E0616
/// use thread_safety::{Window, real::check_then_act::one_method::Account};
///
/// let account = Account::new(100);
/// if *account.balance.lock().unwrap() >= 80 {
///     *account.balance.lock().unwrap() -= 80;
/// }
/// ```
#[derive(Debug)]
pub struct Account {
    balance: Mutex<i64>,
}

impl Account {
    /// Opens an account with so much in it.
    pub fn new(balance: i64) -> Self {
        Self { balance: Mutex::new(balance) }
    }

    /// Takes money, if it is there; returns what is left.
    ///
    /// # Errors
    /// There is less in it than was asked for: so much.
    ///
    /// # Blocking
    /// While another thread is withdrawing.
    pub fn withdraw(&self, asked: i64, window: &Window) -> Result<i64, i64> {
        let mut balance = take(window, "the lock", &self.balance);
        let seen = *balance;
        window.between(format_args!("sees {seen}"));
        if seen < asked {
            return Err(seen);
        }
        *balance -= asked;
        window.after(format_args!("takes {asked}"));
        Ok(*balance)
    }
}

/// Withdraws with both cards.
///
/// # Blocking
/// While the other thread is withdrawing.
pub fn run(window: Window) -> Ended {
    let account = Arc::new(Account::new(BALANCE));
    let paid = two(&account, &window, |account, window| account.withdraw(ASKED, window).is_ok());
    let (Ok(balance) | Err(balance)) = account.withdraw(0, &Window::narrow());
    Ended { balance, paid }
}
