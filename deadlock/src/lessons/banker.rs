//! `banker`: the banker's algorithm, beside a bank that lends whatever it has.

use deadlock::{model, real};
use kit::sync_point::SyncPoint;
use stage::{Checked, Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("banker", "a loan is granted only if all clients can still be served")
        .story(
            "Two clients may claim two coins each; the bank has two. The greedy bank gives one to \
             each.",
        )
        .source("deadlock/src/banker.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    use model::banker::Policy;
    let explored = |variant: Variant, policy| {
        let run = move || model::banker::run(policy, SyncPoint::none());
        variant.explored_for("2 clients", "deadlock", [2], run)
    };
    let greedy = || real::banker::run(real::banker::Policy::Greedy, SyncPoint::until_all_hold(2));
    [
        explored(
            Variant::deadlocks("greedy", greedy).story(
                "The bank lends whatever it has, and ends with all its coins out and no client able \
                 to finish.",
            ),
            Policy::Greedy,
        ),
        explored(
            Variant::holds("banker", safely).story(
                "A request is granted only if an order is left in which every client can finish: a \
                 safe state.",
            ),
            Policy::Banker,
        ),
    ]
}

fn safely() -> Checked {
    use real::banker::{Ledger, Policy, run};
    let mut example = Ledger::new(vec![5, 4], vec![vec![4, 1], vec![2, 3], vec![3, 3]]);
    for (client, some) in [(0, [2, 0]), (1, [1, 1]), (2, [0, 1])] {
        example.grant(client, &some);
    }
    let order = example.safe_order().ok_or("the example is not safe")?;
    let Ledger { left, claims, granted } = &example;
    let left_at_the_end = run(Policy::Banker, SyncPoint::for_a_moment(2));
    Ok(expect(left_at_the_end, 2, "all was lent, and all was paid back")?
        .fact("example", format!("left {left:?}, claims {claims:?}"))
        .fact("", format!("granted {granted:?}: safe, in the order {order:?}"))
        .fact(
            "",
            format!(
                "2 more of the first kind to client 2: safe? {}",
                example.stays_safe(2, &[2, 0])
            ),
        ))
}
