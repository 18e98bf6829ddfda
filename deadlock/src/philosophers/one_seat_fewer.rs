//! One philosopher fewer than there are forks may sit down: someone at the table always has a free
//! fork beside the plate.
//!
//! A semaphore of n − 1 permits, around the naive form. Any n − 1 of them may hold a left fork and
//! wait; the last fork is some neighbour's right one.

use super::lane::{lock, wait_while};
use super::sync::{Condvar, Mutex};
use super::{Dinner, Plan, Table};

struct Seats {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Seats {
    fn sit_down(&self) {
        *wait_while(&self.freed, lock(&self.free), |free| *free == 0) -= 1;
    }

    fn get_up(&self) {
        *lock(&self.free) += 1;
        self.freed.notify_one();
    }
}

/// Dines.
pub fn run(plan: &Plan) -> Dinner {
    let seats = Seats { free: Mutex::new(plan.philosophers - 1), freed: Condvar::new() };
    Table::dine(plan, move |me, table| {
        let (left, right) = table.forks_beside(me);
        let asks = tracing::info_span!("waits", what = "a seat");
        seats.sit_down();
        drop(asks);
        {
            let _left = table.take(left);
            table.plan.window.pause();
            let _right = table.take(right);
            table.eat(me);
        }
        seats.get_up();
    })
}
