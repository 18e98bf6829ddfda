//! Everyone takes the left fork, then the right one. When all have their left fork, nobody gets a
//! right one.

use super::{Dinner, Plan, Table};

/// Dines.
///
/// # Blocking
/// For ever, if all are in the window at once.
pub fn run(plan: &Plan) -> Dinner {
    Table::dine(plan, |me, table| {
        let (left, right) = table.forks_beside(me);
        let _left = table.take(left);
        table.plan.window.pause();
        let _right = table.take(right);
        table.eat(me);
    })
}
