//! The checked lock misses no deadlock and reports none that is not.

use std::panic::Location;
use std::sync::Arc;

use deadlock::real;
use deadlock::real::checked_mutex::{WaitGraph, WouldDeadlock};
use kit::real::lane::{finish, start};
use kit::sync_point::SyncPoint;

/// The lock's own file, compiled a third time: on Loom's threads and atomics, which reorder what
/// may be reordered.
#[path = ""]
mod loomed {
    #[path = "loom_sync.rs"]
    mod sync;
    use loom::{thread, thread_local};

    #[path = "../../src/checked_mutex.rs"]
    #[allow(dead_code, unreachable_pub, reason = "the tests below use a part of it")]
    pub(super) mod checked_mutex;
}

/// Acquires locks A and B under Loom, on two threads, each in its order; asks in every execution which
/// of the two had both.
fn loom_acquires(orders: [[usize; 2]; 2], check: fn([bool; 2])) {
    use loomed::checked_mutex::{CheckedMutex, WaitGraph};
    let both = |locks: &[CheckedMutex<i32>; 2], order: [usize; 2]| {
        let first = locks[order[0]].lock();
        first.is_ok_and(|_first| locks[order[1]].lock().is_ok())
    };
    loom::model(move || {
        let graph = WaitGraph::default();
        let locks = loom::sync::Arc::new([graph.mutex("A", 0), graph.mutex("B", 0)]);
        let locks2 = loom::sync::Arc::clone(&locks);
        let other = loom::thread::spawn(move || both(&locks2, orders[1]));
        check([both(&locks, orders[0]), other.join().expect("it does not panic")]);
    });
}

#[test]
fn loom_finds_no_schedule_in_which_opposite_orders_hang_or_both_are_refused() {
    // The second to ask is refused, the first is not.
    loom_acquires([[0, 1], [1, 0]], |had_both| assert!(had_both[0] || had_both[1]));
}

#[test]
fn loom_finds_no_schedule_in_which_one_order_is_refused() {
    loom_acquires([[0, 1], [0, 1]], |had_both| assert_eq!(had_both, [true, true]));
}

checks::within_a_minute! {
#[test]
fn a_wait_that_is_over_is_forgotten() {
    let graph = WaitGraph::default();
    let locks = Arc::new((graph.mutex("A", ()), graph.mutex("B", ())));
    let locks2 = Arc::clone(&locks);
    let (has_b, b_is_taken) = std::sync::mpsc::channel();
    let (let_go, may_let_go) = std::sync::mpsc::channel::<()>();
    let held = locks.0.lock().expect("nobody holds anything");
    let other = start("t2", move || {
        // Waits for A, has it, gives it back: nothing of that may be left in the graph.
        drop(locks2.0.lock().expect("no cycle"));
        let _b = locks2.1.lock().expect("no cycle");
        has_b.send(()).expect("the test listens");
        may_let_go.recv().expect("the test speaks");
    });
    // Given back only now, so that the other one may have had to wait; whether it had is not
    // certain, nor needed.
    drop(held);
    b_is_taken.recv().expect("t2 speaks");
    let locks3 = Arc::clone(&locks);
    let asks = start("t1", move || {
        let _a = locks3.0.lock().expect("t2 has given it back");
        locks3.1.lock().map(drop)
    });
    let_go.send(()).expect("t2 listens");
    assert_eq!(finish(asks), Ok(()), "t2 holds B and waits for nothing");
    finish(other);
}

#[test]
fn a_circle_of_two_is_named_with_threads_locks_and_lines() {
    let found = real::detect::checked(SyncPoint::of(2)).expect("both are in the window");
    let mut links: Vec<_> =
        found.cycle.iter().map(|link| (link.thread.as_str(), link.wants.as_str())).collect();
    links.sort_unstable();
    assert_eq!(links, [("t1", "B"), ("t2", "A")]);
    for link in &found.cycle {
        assert!(link.asked_at.file().ends_with("detect.rs"), "{link:?}");
        let acquired_at = link.acquired_at.expect("the lock is held");
        assert!(acquired_at.line() < link.asked_at.line(), "the first lock is above: {link:?}");
    }
}

#[test]
fn a_lock_taken_twice_by_one_thread_is_refused() {
    let lock = WaitGraph::default().mutex("A", 1);
    let before = Location::caller().line();
    let held = lock.lock().expect("it is free");
    let refused = lock.lock().expect_err("it is held by this thread");
    assert_eq!(refused.cycle.len(), 1);
    assert_eq!(refused.cycle[0].acquired_at.map(Location::line), Some(before + 1));
    assert_eq!(refused.cycle[0].asked_at.line(), before + 2);
    let error = refused.to_string();
    assert!(error.contains(" wants A (") && error.contains("checked_mutex.rs:"), "{error}");
    assert_eq!(error.lines().count(), 1);
    drop(held);
    assert_eq!(lock.lock().map(|value| *value), Ok(1), "it can be taken again");
}

#[test]
fn a_ring_of_many_refuses_exactly_one() {
    const MANY: usize = 8;
    let graph = WaitGraph::default();
    let locks: Arc<Vec<_>> = Arc::new((0..MANY).map(|lock| graph.mutex(&lock.to_string(), ())).collect());
    let window = SyncPoint::of(MANY);
    let threads: Vec<_> = (0..MANY)
        .map(|me| {
            let (locks, window) = (Arc::clone(&locks), window.clone());
            start(format!("t{me}"), move || {
                let _held = locks[me].lock()?;
                window.meet();
                locks[(me + 1) % MANY].lock().map(drop)
            })
        })
        .collect();
    let refused: Vec<WouldDeadlock> = threads.into_iter().map(finish).filter_map(Result::err).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].cycle.len(), MANY);
}

// Locks and threads at random: each thread acquires some locks in some order and gives up when it is
// refused. Whatever the order, every thread ends, and what is counted under the locks is right.
#[test]
fn whatever_is_taken_in_whatever_order_all_threads_end() {
    use proptest::prelude::*;
    let thread = proptest::sample::subsequence((0..4_usize).collect::<Vec<_>>(), 1..=3).prop_shuffle();
    let threads = proptest::collection::vec(thread, 2..=4);
    proptest!(ProptestConfig::with_cases(64), |(orders in threads)| {
        let graph = WaitGraph::default();
        let locks: Arc<Vec<_>> = Arc::new((0..4).map(|lock| graph.mutex(&lock.to_string(), 0)).collect());
        let running: Vec<_> = orders.into_iter().map(|order| {
            let locks = Arc::clone(&locks);
            start("t", move || {
                let mut taken = 0;
                for _ in 0..50 {
                    let mut held = Vec::new();
                    for &lock in &order {
                        let Ok(mut value) = locks[lock].lock() else { break };
                        *value += 1;
                        taken += 1;
                        held.push(value);
                    }
                }
                taken
            })
        }).collect();
        let taken: u32 = running.into_iter().map(finish).sum();
        let counted: u32 = locks.iter().map(|lock| lock.lock().map_or(0, |value| *value)).sum();
        prop_assert_eq!(taken, counted);
    });
}
}
