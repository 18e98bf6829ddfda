//! Two cards, one account: what becomes of a check that the act rests on, when another thread comes
//! in between.
//!
//! Each form has the same `run`: with 100 in the account, each of two threads asks for 80, and may
//! have it only if it is there. The difference between two files is the difference between two
//! approaches.

use super::lane::{finish, lock, start, take};
use super::sync::{self, Arc};
use crate::Window;

pub mod check_first;
pub mod compare_exchange;
pub mod one_lock;
pub mod one_method;

/// What is in the account at the beginning.
pub const BALANCE: i64 = 100;
/// What each card asks for: one of them can have it.
pub const ASKED: i64 = 80;

/// Says how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What is left in the account.
    pub balance: i64,
    /// So many cards were paid.
    pub paid: usize,
}

impl Ended {
    /// Tells whether one card was paid, and the other was not.
    ///
    /// ```
    /// use thread_safety::{Window, real::check_then_act::{check_first, one_lock}};
    ///
    /// // Both look before either takes, and both see enough.
    /// assert!(!check_first::run(Window::until_both_have_read()).well());
    /// // Here nobody looks while another is between looking and taking.
    /// assert!(one_lock::run(Window::for_a_moment()).well());
    /// ```
    pub fn well(&self) -> bool {
        *self == Self { balance: BALANCE - ASKED, paid: 1 }
    }
}

/// Asks for money on threads `t1` and `t2`; counts those who were paid.
fn two<A: Send + Sync + 'static>(
    account: &Arc<A>,
    window: &Window,
    withdraw: impl Fn(&A, &Window) -> bool + Copy + Send + 'static,
) -> usize {
    let cards = ["t1", "t2"].map(|name| {
        let (account, window) = (Arc::clone(account), window.clone());
        start(name, move || withdraw(&account, &window))
    });
    cards.map(finish).into_iter().filter(|&paid| paid).count()
}
