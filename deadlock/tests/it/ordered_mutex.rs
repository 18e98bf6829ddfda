//! A lock-order inversion is reported on a run that does not deadlock, and nothing else is.

use std::fmt;
use std::sync::Arc;

use deadlock::lock_graph;
use deadlock::ordered_mutex::{OrderGraph, OrderedMutex};

#[test]
fn a_lock_order_inversion_is_reported_with_both_orders_and_their_lines() {
    let inversion = lock_graph::ours().expect_err("t2 inverts the order");
    assert_eq!((&*inversion.now.first.lock, &*inversion.now.then.lock), ("B", "A"));
    assert_eq!(inversion.now.thread, "t2");
    let [before] = inversion.before.as_slice() else {
        panic!("one order contradicts: {inversion:?}")
    };
    assert_eq!((before.thread.as_str(), &*before.first.lock, &*before.then.lock), ("t1", "A", "B"));
    assert!(before.first.at.file().ends_with("lock_graph.rs"));
    assert!(inversion.to_string().contains("before, t1 acquired A"), "{inversion}");
}

#[test]
fn a_chain_of_three_orders_is_inverted_by_the_last() {
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
fn guards_dropped_out_of_order_leave_nothing_held() {
    let graph = OrderGraph::default();
    let (a, b) = (graph.mutex("A", ()), graph.mutex("B", ()));
    let first = a.lock().expect("A first");
    let second = b.lock().expect("then B");
    drop(first);
    drop(second);
    let _b = b.lock().expect("nothing is held");
    drop(_b);
    drop(a.lock().expect("nothing is held, so no order is inverted"));
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
    drop(b.lock().expect("A was never acquired after B"));
}

#[test]
fn a_lock_is_acquired_and_noted_while_thread_locals_are_destroyed() {
    let graph = OrderGraph::default();
    let locks = Arc::new((graph.mutex("A", 0), graph.mutex("B", 0)));
    let locks2 = Arc::clone(&locks);
    let in_order = move || {
        let _a = locks2.0.lock().expect("A first");
        *locks2.1.lock().expect("then B") += 1;
    };
    let inversion = checks::while_thread_locals_are_destroyed(in_order.clone(), move || {
        in_order();
        let _b = locks.1.lock().expect("nothing is held");
        locks.0.lock().map(drop)
    });
    let inversion = inversion.expect("it does not panic").expect_err("A comes before B");
    assert_eq!((&*inversion.now.first.lock, inversion.before.len()), ("B", 1));
}

#[test]
fn a_guard_that_a_thread_local_holds_is_released_when_the_thread_ends() {
    use std::cell::RefCell;
    use std::sync::LazyLock;

    use deadlock::ordered_mutex::OrderedGuard;
    static LOCK: LazyLock<OrderedMutex<u32>> =
        LazyLock::new(|| OrderGraph::default().mutex("A", 0));
    thread_local!(static GUARD: RefCell<Option<OrderedGuard<'static, u32>>> = const { RefCell::new(None) });
    std::thread::spawn(|| {
        GUARD.with_borrow_mut(|guard| *guard = None);
        GUARD.with_borrow_mut(|guard| *guard = LOCK.lock().ok());
    })
    .join()
    .expect("it does not panic");
    *LOCK.lock().expect("it is free") += 1;
}

#[test]
fn a_chain_of_ten_thousand_orders_is_inverted_on_a_small_stack() {
    let small = std::thread::Builder::new().stack_size(64 * 1024);
    let run = small.spawn(|| {
        let graph = OrderGraph::default();
        let locks: Vec<_> = (0..10_000).map(|lock| graph.mutex(&lock.to_string(), ())).collect();
        for pair in locks.windows(2) {
            let _first = pair[0].lock().expect("it comes before the other");
            drop(pair[1].lock().expect("it comes after the other"));
        }
        let _last = locks.last().map(|last| last.lock().expect("nothing is held"));
        locks[0].lock().map(drop).expect_err("it is the first of all").before.len()
    });
    assert_eq!(
        run.expect("there is room for a thread").join().expect("it does not overflow"),
        9_999
    );
}

#[test]
fn three_hundred_locks_held_at_once_are_noted_by_three_hundred_orders() {
    let graph = OrderGraph::default();
    let locks: Vec<_> = (0..300).map(|lock| graph.mutex(&lock.to_string(), ())).collect();
    for _ in 0..2 {
        let held: Vec<_> = locks.iter().map(|lock| lock.lock().expect("one order")).collect();
        let inversion = locks[150].lock().map(drop).expect_err("it is held");
        assert_eq!(inversion.before, [], "the thread that asks for it holds it");
        drop(held);
    }
    let _one = locks[7].lock().expect("nothing is held");
    assert_eq!(locks[5].lock().map(drop).expect_err("5 comes before 7").before.len(), 2);
}

#[test]
fn an_order_between_two_locks_is_noted_with_a_lock_of_another_graph_held_in_between() {
    let (graph, other) = (OrderGraph::default(), OrderGraph::default());
    let (a, b, x) = (graph.mutex("A", ()), graph.mutex("B", ()), other.mutex("X", ()));
    {
        let _a = a.lock().expect("nothing is held");
        let _x = x.lock().expect("no order is known");
        let _b = b.lock().expect("no order contradicts");
    }
    let _b = b.lock().expect("nothing is held");
    assert!(a.lock().is_err(), "A comes before B");
}

/// A value whose `Debug` acquires a lock.
struct Asks(Arc<OrderedMutex<u8>>);

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.lock().is_ok() { "has it" } else { "is refused" })
    }
}

#[test]
fn an_order_is_noted_across_a_lock_that_is_held_to_be_printed() {
    let graph = OrderGraph::default();
    let (a, b, c) = (graph.mutex("A", ()), graph.mutex("B", ()), Arc::new(graph.mutex("C", 0)));
    let printed = graph.mutex("printed", Asks(Arc::clone(&c)));
    for first in [&a, &b] {
        let _first = first.lock().expect("nothing is held");
        assert!(format!("{printed:?}").contains("has it"));
    }
    let _c = c.lock().expect("nothing is held");
    for first in [&a, &b] {
        let inversion = first.lock().map(drop).expect_err("C was acquired while it was held");
        assert_eq!(inversion.before.len(), 1);
    }
}

#[test]
fn a_lock_that_is_asked_for_again_to_print_another_is_refused() {
    let graph = OrderGraph::default();
    let a = Arc::new(graph.mutex("A", 0));
    let printed = graph.mutex("printed", Asks(Arc::clone(&a)));
    {
        let _printed = printed.lock().expect("nothing is held");
        drop(a.lock().expect("no order contradicts"));
    }
    let _a = a.lock().expect("nothing is held");
    assert!(format!("{printed:?}").contains("is refused"));
}
