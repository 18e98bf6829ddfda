//! Whoever does not get the second fork puts the first one back, waits for the one that was
//! missing, and begins with that.
//!
//! No order has to be known beforehand; work is thrown away instead, and nothing says that it gets
//! on (the lesson `livelock`). See `lock_order/try_back_off.rs`, which it is the general form of.

use std::sync::atomic::Ordering::Relaxed;

use super::{Dinner, Plan, Table};

/// Dines.
pub fn run(plan: &Plan) -> Dinner {
    Table::dine(plan, |me, table| {
        let (mut first, mut second) = table.forks_beside(me);
        loop {
            let one = table.take(first);
            table.plan.window.pause();
            if let Some(_other) = table.try_take(second) {
                return table.eat(me);
            }
            drop(one);
            table.back_offs.fetch_add(1, Relaxed);
            std::mem::swap(&mut first, &mut second);
        }
    })
}
