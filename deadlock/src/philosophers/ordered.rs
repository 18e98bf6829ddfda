//! Everyone takes the fork of the lower number first: the last philosopher begins on the right, and
//! the circle is open. (Dijkstra's own solution, of 1965: a partial order of the resources.)
//!
//! Needs nothing but a number for each lock. The neighbours of the one who begins on the other side
//! fare a little better.

use super::{Dinner, Plan, Table};

/// Dines.
pub fn run(plan: &Plan) -> Dinner {
    Table::dine(plan, |me, table| {
        let (left, right) = table.forks_beside(me);
        let _lower = table.take(left.min(right));
        table.plan.window.pause();
        let _higher = table.take(left.max(right));
        table.eat(me);
    })
}
