//! A waiter gives out forks in pairs: whoever is hungry waits, with empty hands, until both are on
//! the table.
//!
//! Nobody holds one fork and waits for the other. It takes one place that all go through, and it is
//! not fair: two neighbours who eat by turns can keep the one between them hungry (the lesson
//! `starvation`).

use super::lane::{lock, wait_while};
use super::sync::{Condvar, Mutex};
use super::{Dinner, Plan, Table};

struct Waiter {
    on_the_table: Mutex<Vec<bool>>,
    put_back: Condvar,
}

impl Waiter {
    fn give(&self, left: usize, right: usize) {
        let one_is_gone = |free: &mut Vec<bool>| !(free[left] && free[right]);
        let mut free = wait_while(&self.put_back, lock(&self.on_the_table), one_is_gone);
        free[left] = false;
        free[right] = false;
    }

    fn take_back(&self, left: usize, right: usize) {
        let mut free = lock(&self.on_the_table);
        free[left] = true;
        free[right] = true;
        drop(free);
        self.put_back.notify_all();
    }
}

/// Dines.
///
/// # Fairness
/// None: whoever wakes first and finds both forks has them.
pub fn run(plan: &Plan) -> Dinner {
    let waiter = Waiter {
        on_the_table: Mutex::new(vec![true; plan.philosophers]),
        put_back: Condvar::new(),
    };
    Table::dine(plan, move |me, table| {
        let (left, right) = table.forks_beside(me);
        let asks = tracing::info_span!("waits", what = "the waiter");
        waiter.give(left, right);
        drop(asks);
        table.plan.window.pause();
        table.eat_with(me, [left, right]);
        waiter.take_back(left, right);
    })
}
