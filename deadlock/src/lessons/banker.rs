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

/// What two clients draw who want all that they may claim.
const BOTH: [u32; 2] = [2, 2];

fn variants() -> [Variant; 3] {
    use model::banker::Policy;
    use real::banker::{Policy::Greedy, run};
    let explored = |variant: Variant, policy, draws, right: &[(u32, bool)]| {
        let run = move || model::banker::run(policy, draws, SyncPoint::none());
        variant.explored_for("2 clients", "coins left, ever unsafe", "deadlock", right, run)
    };
    let both_hold = || SyncPoint::until_all_hold(2);
    [
        explored(
            Variant::deadlocks("greedy", move || run(Greedy, BOTH, both_hold()))
                .story("The bank lends what it has: then no client can finish."),
            Policy::Greedy,
            BOTH,
            &[(2, false)],
        ),
        explored(
            Variant::holds("unsafe-state", move || {
                let line = "unsafe, no deadlock: client 0 wants no more";
                expect(run(Greedy, [1, 2], both_hold()), (2, true), line)
            })
            .story("The same unsafe state, but one client wants no more, so the other can finish."),
            Policy::Greedy,
            [1, 2],
            &[(2, false), (2, true)],
        ),
        explored(
            Variant::holds("banker", safely)
                .story("A request is granted only if every client can still finish: a safe state."),
            Policy::Banker,
            BOTH,
            &[(2, false)],
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
    let end = run(Policy::Banker, BOTH, SyncPoint::for_a_moment(2));
    Ok(expect(end, (2, false), "all was lent, and all was paid back")?
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
