//! Two cards, one account: what becomes of a check when another thread acts before this one does?
//!
//! Each function is a variant: with 100 in the account, each of two threads asks for 80, and may
//! have it only if it is there. The difference between two functions is the difference between two
//! approaches.

use std::fmt;

use super::lane::{SyncPoint, acquire, finish, lock, start};
use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::sync::{Arc, Mutex};

const BALANCE: i64 = 100;
const ASKED: i64 = 80;

/// Checks the balance under the lock, releases the lock, and then withdraws under the lock. No
/// update is lost, and rustc accepts it. But what was checked need not be true any more.
pub fn check_first(point: SyncPoint) -> Withdrawals {
    let account = Arc::new(Mutex::new(BALANCE));
    let paid = on_two_threads(&account, &point, |account, point| {
        let seen = *lock(account);
        point.between(format_args!("sees {seen}"));
        if seen < ASKED {
            return false;
        }
        *lock(account) -= ASKED;
        point.after(format_args!("takes {ASKED}"));
        true
    });
    Withdrawals { balance: *lock(&account), paid }
}

/// Holds the lock from the check to the act: one critical section. Every place in the program that
/// checks and acts has to do so; people have to know which those are, for rustc does not.
pub fn one_lock(point: SyncPoint) -> Withdrawals {
    let account = Arc::new(Mutex::new(BALANCE));
    let paid = on_two_threads(&account, &point, |account, point| {
        let (_holds, mut balance) = acquire(point, "the lock", account);
        let seen = *balance;
        point.between(format_args!("sees {seen}"));
        if seen < ASKED {
            return false;
        }
        *balance -= ASKED;
        point.after(format_args!("takes {ASKED}"));
        true
    });
    Withdrawals { balance: *lock(&account), paid }
}

/// Withdraws only if the balance is still the one that was checked, and else checks the new one:
/// optimistic locking, as a database row with a version has it. It serves for one word, or for a
/// pointer to something that is made anew with each change.
///
/// # Memory ordering
/// `Relaxed`: the balance is all that is shared, and joining the threads makes their last writes
/// visible. An account whose balance publishes other data would need `AcqRel`.
pub fn compare_exchange(point: SyncPoint) -> Withdrawals {
    let account = Arc::new(AtomicI64::new(BALANCE));
    let paid = on_two_threads(&account, &point, |account, point| {
        let mut seen = account.load(Relaxed);
        loop {
            point.between(format_args!("sees {seen}"));
            if seen < ASKED {
                return false;
            }
            match account.compare_exchange(seen, seen - ASKED, Relaxed, Relaxed) {
                Ok(_) => break,
                Err(now) => seen = now,
            }
        }
        point.after(format_args!("takes {ASKED}"));
        true
    });
    Withdrawals { balance: account.load(Relaxed), paid }
}

/// Withdraws by the only method that the type has for it, which checks as well.
pub fn one_method(point: SyncPoint) -> Withdrawals {
    let account = Arc::new(Account::new(BALANCE));
    let paid =
        on_two_threads(&account, &point, |account, point| account.withdraw(ASKED, point).is_ok());
    Withdrawals { balance: *lock(&account.balance), paid }
}

/// An account that cannot be overdrawn: no caller can come between the check and the act, nor
/// forget the lock.
///
/// ```
/// use thread_safety::real::{check_then_act::Account, lane::SyncPoint};
///
/// let account = Account::new(100);
/// assert_eq!(account.withdraw(80, &SyncPoint::stepped()), Ok(20));
/// assert_eq!(account.withdraw(80, &SyncPoint::stepped()), Err(20));
/// ```
///
/// The balance is private, so that no caller checks it now and changes it later. There is no method
/// that only returns it either; what was true at that moment comes with the answer.
///
/// ```compile_fail,E0616
/// use thread_safety::real::check_then_act::Account;
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
    /// Opens an account with this balance.
    pub fn new(balance: i64) -> Self {
        Self { balance: Mutex::new(balance) }
    }

    /// Withdraws what is asked for, if it is there; returns what is left.
    ///
    /// # Errors
    /// The balance, if it is less than was asked for.
    ///
    /// # Blocking
    /// While another thread is withdrawing.
    pub fn withdraw(&self, asked: i64, point: &SyncPoint) -> Result<i64, i64> {
        let (_holds, mut balance) = acquire(point, "the lock", &self.balance);
        let seen = *balance;
        point.between(format_args!("sees {seen}"));
        if seen < asked {
            return Err(seen);
        }
        *balance -= asked;
        point.after(format_args!("takes {asked}"));
        Ok(*balance)
    }
}

/// The result of both withdrawals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Withdrawals {
    /// What is left in the account.
    pub balance: i64,
    /// How many cards were paid.
    pub paid: usize,
}

impl Withdrawals {
    /// What has to come out: one card is paid, and the other is not.
    pub const ONE: Self = Self { balance: BALANCE - ASKED, paid: 1 };
}

impl fmt::Debug for Withdrawals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "paid {} of 2, left {}", self.paid, self.balance)
    }
}

/// Withdraws on the threads `t1` and `t2`; returns how many of them were paid.
fn on_two_threads<A: Send + Sync + 'static>(
    account: &Arc<A>,
    point: &SyncPoint,
    withdraw: impl Fn(&A, &SyncPoint) -> bool + Copy + Send + 'static,
) -> usize {
    let cards = ["t1", "t2"].map(|name| {
        let (account, point) = (Arc::clone(account), point.clone());
        start(name, move || withdraw(&account, &point))
    });
    cards.map(finish).into_iter().filter(|&paid| paid).count()
}
