//! Reading and writing in two steps loses updates, for real and on every run.

use thread_safety::Window;
use thread_safety::real::lost_update::{Plan, hammer, racy};

fn once(changes: [i64; 2]) -> Plan {
    Plan::new(changes, 1, Window::until_both_have_read())
}

#[test]
fn plus_one_and_minus_one_are_not_zero_when_both_read_before_either_writes() {
    for _ in 0..10 {
        let left = racy::run(&once([1, -1]));
        assert!(left == 1 || left == -1, "{left}");
    }
}

#[test]
fn two_increments_count_once_when_both_read_before_either_writes() {
    assert_eq!(racy::run(&once([1, 1])), 1);
}

#[test]
fn hammering_in_two_steps_loses_updates_on_every_run() {
    for _ in 0..5 {
        let seen = hammer(racy::run, 1_000_000, 8);
        assert!(0 < seen.lost && seen.lost < seen.updates, "{seen:?}");
    }
}

#[test]
fn hammering_goes_on_until_a_round_loses_some_and_counts_all_rounds() {
    // A counter that loses nothing in its first two rounds, and three updates in the third.
    fn third_time(plan: &Plan) -> i64 {
        use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
        static ROUND: AtomicI64 = AtomicI64::new(0);
        plan.sum() - if ROUND.fetch_add(1, Relaxed) == 2 { 3 } else { 0 }
    }
    let seen = hammer(third_time, 10, 8);
    // Each round is twice as long as the one before: 20 updates, 40 and 80.
    assert_eq!((seen.rounds, seen.updates, seen.lost), (3, 140, 3));
}

#[test]
fn three_increments_count_once_when_all_read_before_any_writes() {
    assert_eq!(racy::run(&Plan::new([1, 1, 1], 1, Window::until_all_have_read(3))), 1);
}

/// Adds in two steps, in the order given: a thread's name is its next step, a read or the write
/// after it.
fn simulated(changes: [i64; 2], order: &[usize]) -> i64 {
    let (mut counter, mut read) = (0, [None; 2]);
    for &thread in order {
        match read[thread].take() {
            None => read[thread] = Some(counter),
            Some(value) => counter = value + changes[thread],
        }
    }
    counter
}

#[test]
fn of_the_six_orders_of_two_reads_and_two_writes_four_lose_one() {
    let orders = (0..16_usize).map(|bits| [0, 1, 2, 3].map(|step| bits >> step & 1));
    let orders: Vec<_> = orders.filter(|order| order.iter().sum::<usize>() == 2).collect();
    let lose = orders.iter().filter(|order| simulated([1, 1], *order) < 2);
    assert_eq!((orders.len(), lose.count()), (6, 4));
}

#[test]
fn losses_on_both_sides_can_add_up_to_zero() {
    // Twice both read before either writes; first t2 writes last, then t1.
    let order = [0, 1, 0, 1, 0, 1, 1, 0];
    assert_eq!(simulated([1, -1], &order), 0);
    assert_eq!(simulated([1, 1], &order), 2, "two of four are lost");
}

#[test]
fn of_two_million_increments_two_may_be_left() {
    let rounds = |thread, count: usize| std::iter::repeat_n(thread, 2 * count);
    // t1 reads 0; t2 does all but its last; t1 writes 1; t2 reads it; t1 does all the rest; t2
    // writes 2.
    let order = [0]
        .into_iter()
        .chain(rounds(1, 999_999))
        .chain([0, 1])
        .chain(rounds(0, 999_999))
        .chain([1]);
    let order: Vec<_> = order.collect();
    assert_eq!((order.len(), simulated([1, 1], &order)), (4_000_000, 2));
}
