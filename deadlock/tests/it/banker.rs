//! The banker's ledger: safe is what some order of service proves, and nothing else.

use deadlock::real::banker::Ledger;
use proptest::prelude::*;

/// Tries every order, as nobody would.
fn some_order_serves_all(ledger: &Ledger, left: &[u32], served: &[usize]) -> bool {
    let clients = ledger.claims.len();
    served.len() == clients
        || (0..clients).filter(|client| !served.contains(client)).any(|client| {
            let needs = ledger.claims[client]
                .iter()
                .zip(&ledger.granted[client])
                .map(|(claim, has)| claim - has);
            let enough = needs.zip(left).all(|(needs, left)| needs <= *left);
            let after: Vec<_> =
                left.iter().zip(&ledger.granted[client]).map(|(left, has)| left + has).collect();
            enough && some_order_serves_all(ledger, &after, &[served, &[client]].concat())
        })
}

fn ledgers() -> impl Strategy<Value = Ledger> {
    let client = proptest::collection::vec((0..5_u32, 0..5_u32), 2);
    (proptest::collection::vec(client, 1..5), proptest::collection::vec(0..5_u32, 2)).prop_map(
        |(clients, left)| {
            let claims = clients
                .iter()
                .map(|kinds| kinds.iter().map(|(has, more)| has + more).collect())
                .collect();
            let granted =
                clients.iter().map(|kinds| kinds.iter().map(|(has, _)| *has).collect()).collect();
            Ledger { left, claims, granted }
        },
    )
}

proptest! {
    #[test]
    fn a_state_is_safe_exactly_if_some_order_serves_all(ledger in ledgers()) {
        let serves_all = some_order_serves_all(&ledger, &ledger.left, &[]);
        prop_assert_eq!(ledger.safe_order().is_some(), serves_all);
        if let Some(order) = ledger.safe_order() {
            let mut left = ledger.left.clone();
            for client in &order {
                let (claims, granted) = (&ledger.claims[*client], &ledger.granted[*client]);
                for (left, (claim, has)) in left.iter_mut().zip(claims.iter().zip(granted)) {
                    prop_assert!(claim - has <= *left);
                    *left += has;
                }
            }
            let mut everyone = order;
            everyone.sort_unstable();
            prop_assert_eq!(everyone, (0..ledger.claims.len()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn an_amount_that_overflows_is_more_than_the_claim() {
    let mut ledger = Ledger::new(vec![u32::MAX], vec![vec![10]]);
    ledger.grant(0, &[1]);
    let refused = std::panic::catch_unwind(move || ledger.grant(0, &[u32::MAX]));
    let said =
        *refused.expect_err("it is more than the claim").downcast::<&str>().expect("it says why");
    assert_eq!(said, "more than the claim");
}
