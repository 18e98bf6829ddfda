//! Philosophers at a round table, a fork between each two of them; to eat, a philosopher needs both
//! forks beside the plate. (Dijkstra, EWD 310, 1971; the version with forks is Hoare's.)
//!
//! Each strategy is a function that dines by a [`Plan`]. What they share is the table
//! (`philosophers/table.rs`).

use std::sync::atomic::Ordering::Relaxed;

use tracing::info_span;

use super::lane::{self, lock, wait_while};
use super::sync::{self, Condvar, Mutex};

mod chandy_misra;
mod table;

pub use chandy_misra::chandy_misra;
use table::Table;
pub use table::{Dinner, Plan};

/// Each philosopher acquires the left fork, then the right one. When all have their left fork, none
/// gets a right one.
///
/// # Blocking
/// For ever, if all are in the window at once.
pub fn naive(plan: &Plan) -> Dinner {
    Table::dine(plan, |me, table| {
        let (left, right) = table.forks_beside(me);
        let _left = table.acquire(left);
        table.plan.window.meet();
        let _right = table.acquire(right);
        table.eat(me);
    })
}

/// Each acquires the fork of the lower number first: the last philosopher begins on the right, and
/// the cycle is open. (Dijkstra's own solution, of 1965: a partial order of the resources.)
///
/// It needs nothing but a number for each lock. The neighbours of the philosopher that begins on the
/// other side fare a little better.
pub fn ordered(plan: &Plan) -> Dinner {
    Table::dine(plan, |me, table| {
        let (left, right) = table.forks_beside(me);
        let _lower = table.acquire(left.min(right));
        table.plan.window.meet();
        let _higher = table.acquire(left.max(right));
        table.eat(me);
    })
}

/// The second fork is only tried: a philosopher that fails puts the first one back, waits for the
/// one that was missing, and begins with that.
///
/// No order has to be known beforehand; work is thrown away instead, and nothing guarantees progress
/// (the lesson `livelock`). `lock_order::try_back_off` is the same for two locks.
pub fn try_back_off(plan: &Plan) -> Dinner {
    Table::dine(plan, |me, table| {
        let (mut first, mut second) = table.forks_beside(me);
        loop {
            let one = table.acquire(first);
            table.plan.window.meet();
            if let Some(_other) = table.try_acquire(second) {
                return table.eat(me);
            }
            drop(one);
            table.back_offs.fetch_add(1, Relaxed);
            std::mem::swap(&mut first, &mut second);
        }
    })
}

/// A waiter, which is a monitor, hands out forks in pairs: a hungry philosopher holds nothing until
/// both are on the table.
///
/// No philosopher holds one fork and waits for the other. All go through one monitor, and it is not
/// fair: two neighbours that eat by turns can starve the one between them (the lesson `starvation`).
///
/// # Fairness
/// None: the first philosopher to wake and to find both forks has them.
pub fn waiter(plan: &Plan) -> Dinner {
    let (on_the_table, put_back) = (Mutex::new(vec![true; plan.philosophers]), Condvar::new());
    Table::dine(plan, move |me, table| {
        let (left, right) = table.forks_beside(me);
        let asks = info_span!("waits", what = "the waiter");
        let one_is_gone = |free: &mut Vec<bool>| !(free[left] && free[right]);
        let mut free = wait_while(&put_back, lock(&on_the_table), one_is_gone);
        (free[left], free[right]) = (false, false);
        drop((free, asks));
        table.plan.window.meet();
        table.eat_with(me, [left, right]);
        let mut free = lock(&on_the_table);
        (free[left], free[right]) = (true, true);
        drop(free);
        put_back.notify_all();
    })
}

/// One philosopher fewer than there are forks may sit down: at least one at the table has a free
/// fork beside the plate.
///
/// A semaphore of n − 1 permits, around the naive strategy. Any n − 1 philosophers may hold a left
/// fork and wait; the last fork is the right one of one of them.
pub fn one_seat_fewer(plan: &Plan) -> Dinner {
    let (free, freed) = (Mutex::new(plan.philosophers - 1), Condvar::new());
    Table::dine(plan, move |me, table| {
        let (left, right) = table.forks_beside(me);
        let asks = info_span!("waits", what = "a seat");
        *wait_while(&freed, lock(&free), |free| *free == 0) -= 1;
        drop(asks);
        {
            let _left = table.acquire(left);
            table.plan.window.meet();
            let _right = table.acquire(right);
            table.eat(me);
        }
        *lock(&free) += 1;
        freed.notify_one();
    })
}
