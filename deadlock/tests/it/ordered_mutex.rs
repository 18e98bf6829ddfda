//! An order turned round is reported on a run that does not deadlock, and only then.

use deadlock::lock_graph;
use deadlock::ordered_mutex::OrderGraph;

#[test]
fn an_order_turned_round_is_reported_with_both_orders_and_their_lines() {
    let inversion = lock_graph::ours().expect_err("t2 turns the order round");
    assert_eq!((&*inversion.now.first.lock, &*inversion.now.then.lock), ("B", "A"));
    assert_eq!(inversion.now.thread, "t2");
    let [before] = inversion.before.as_slice() else { panic!("one order contradicts: {inversion:?}") };
    assert_eq!((before.thread.as_str(), &*before.first.lock, &*before.then.lock), ("t1", "A", "B"));
    assert!(before.first.at.file().ends_with("lock_graph.rs"));
    assert!(inversion.to_string().contains("before, t1 took A"), "{inversion}");
}

#[test]
fn the_crate_tracing_mutex_reports_it_too() {
    let said = lock_graph::tracing_mutex().expect("it panics");
    assert!(said.contains("cycle"), "{said}");
}

#[test]
fn a_chain_of_three_orders_is_turned_round_by_the_last() {
    let graph = OrderGraph::default();
    let (a, b, c) = (graph.mutex("A", ()), graph.mutex("B", ()), graph.mutex("C", ()));
    for (first, second) in [(&a, &b), (&b, &c)] {
        let _first = first.lock().expect("no order is known yet");
        let _second = second.lock().expect("no order contradicts");
    }
    let _c = c.lock().expect("nothing is held");
    let inversion = a.lock().expect_err("A comes before B, and B before C");
    assert_eq!(inversion.before.len(), 2);
}

#[test]
fn the_same_order_again_and_again_is_no_inversion() {
    let graph = OrderGraph::default();
    let (a, b) = (graph.mutex("A", 0), graph.mutex("B", 0));
    for _ in 0..3 {
        *a.lock().expect("A first") += 1;
        let mut first = a.lock().expect("A first");
        let mut second = b.lock().expect("then B");
        *first += 1;
        *second += 1;
    }
    assert_eq!(a.lock().map(|value| *value).ok(), Some(6));
}

#[test]
fn a_lock_taken_twice_by_one_thread_is_an_inversion_of_itself() {
    let lock = OrderGraph::default().mutex("A", ());
    let _held = lock.lock().expect("it is free");
    assert!(lock.lock().expect_err("it is held by this thread").before.is_empty());
}

#[test]
fn guards_given_back_out_of_order_leave_nothing_held() {
    let graph = OrderGraph::default();
    let (a, b) = (graph.mutex("A", ()), graph.mutex("B", ()));
    let first = a.lock().expect("A first");
    let second = b.lock().expect("then B");
    drop(first);
    drop(second);
    let _b = b.lock().expect("nothing is held");
    drop(_b);
    drop(a.lock().expect("nothing is held, so no order is turned round"));
}

#[test]
fn a_lock_that_is_refused_leaves_no_order_behind() {
    let graph = OrderGraph::default();
    let (a, b, c) = (graph.mutex("A", ()), graph.mutex("B", ()), graph.mutex("C", ()));
    {
        let _a = a.lock().expect("nothing is held");
        let _c = c.lock().expect("no order contradicts");
    }
    {
        let _b = b.lock().expect("nothing is held");
        let _c = c.lock().expect("no order contradicts");
        let inversion = a.lock().expect_err("A comes before C");
        assert_eq!(&*inversion.now.first.lock, "C");
    }
    let _a = a.lock().expect("nothing is held");
    drop(b.lock().expect("A was never taken after B"));
}
