//! The checked lock misses no deadlock and reports none that is not.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use deadlock::real::checked_mutex::{WaitGraph, WouldDeadlock};
use deadlock::real::lane::{finish, start};
use deadlock::{Window, model, real};
use stage::{Bound, explore};

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

#[test]
fn loom_finds_no_schedule_in_which_opposite_orders_hang_or_both_are_refused() {
    use loomed::checked_mutex::{WaitGraph, WouldDeadlock};
    loom::model(|| {
        let graph = WaitGraph::default();
        let locks = loom::sync::Arc::new((graph.mutex("A", 0), graph.mutex("B", 0)));
        let locks2 = loom::sync::Arc::clone(&locks);
        let other = loom::thread::spawn(move || -> Result<(), WouldDeadlock> {
            let _b = locks2.1.lock()?;
            locks2.0.lock().map(drop)
        });
        let mine = locks.0.lock().and_then(|_a| locks.1.lock().map(drop));
        let theirs = other.join().expect("it does not panic");
        assert!(mine.is_ok() || theirs.is_ok(), "the second to ask is refused, the first is not");
    });
}

#[test]
fn loom_finds_no_schedule_in_which_one_order_is_refused() {
    use loomed::checked_mutex::WaitGraph;
    loom::model(|| {
        let graph = WaitGraph::default();
        let locks = loom::sync::Arc::new((graph.mutex("A", 0), graph.mutex("B", 0)));
        let locks2 = loom::sync::Arc::clone(&locks);
        let other = loom::thread::spawn(move || {
            let _a = locks2.0.lock().expect("A, then B: no circle");
            drop(locks2.1.lock().expect("A, then B: no circle"));
        });
        {
            let _a = locks.0.lock().expect("A, then B: no circle");
            drop(locks.1.lock().expect("A, then B: no circle"));
        }
        other.join().expect("it does not panic");
    });
}

#[test]
fn in_no_schedule_do_opposite_orders_hang() {
    static REFUSED: AtomicUsize = AtomicUsize::new(0);
    let bound = Bound { schedules: 5_000, ..Bound::default() };
    let found = explore(
        &bound,
        &stage::model(|| {
            let refused = model::detect::checked(Window::narrow()).is_some();
            REFUSED.fetch_add(usize::from(refused), Relaxed);
        }),
    );
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(REFUSED.load(Relaxed) > 0, "in some schedule a circle would have been closed");
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
        drop(locks2.0.lock().expect("no circle"));
        let _b = locks2.1.lock().expect("no circle");
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
    let found = real::detect::checked(Window::until_all_hold(2)).expect("both are in the window");
    let mut links: Vec<_> =
        found.circle.iter().map(|link| (link.thread.as_str(), link.wants.as_str())).collect();
    links.sort_unstable();
    assert_eq!(links, [("t1", "B"), ("t2", "A")]);
    for link in &found.circle {
        assert!(link.asked_at.file().ends_with("detect.rs"), "{link:?}");
        let taken_at = link.taken_at.expect("the lock is held");
        assert!(taken_at.line() < link.asked_at.line(), "the first lock is taken above the second: {link:?}");
    }
}

#[test]
fn a_lock_taken_twice_by_one_thread_is_refused() {
    let lock = WaitGraph::default().mutex("A", 1);
    let before = Location::caller().line();
    let held = lock.lock().expect("it is free");
    let refused = lock.lock().expect_err("it is held by this thread");
    assert_eq!(refused.circle.len(), 1);
    assert_eq!(refused.circle[0].taken_at.map(Location::line), Some(before + 1));
    assert_eq!(refused.circle[0].asked_at.line(), before + 2);
    drop(held);
    assert_eq!(lock.lock().map(|value| *value), Ok(1), "it can be taken again");
}

#[test]
fn a_ring_of_many_refuses_exactly_one() {
    const MANY: usize = 8;
    let graph = WaitGraph::default();
    let locks: Arc<Vec<_>> = Arc::new((0..MANY).map(|lock| graph.mutex(&format!("l{lock}"), ())).collect());
    let window = Window::until_all_hold(MANY);
    let threads: Vec<_> = (0..MANY)
        .map(|me| {
            let (locks, window) = (Arc::clone(&locks), window.clone());
            start(format!("t{me}"), move || {
                let _held = locks[me].lock()?;
                window.pause();
                locks[(me + 1) % MANY].lock().map(drop)
            })
        })
        .collect();
    let refused: Vec<WouldDeadlock> = threads.into_iter().map(finish).filter_map(Result::err).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].circle.len(), MANY);
}

#[test]
fn a_lock_that_a_panic_poisoned_is_taken_all_the_same() {
    let lock = Arc::new(WaitGraph::default().mutex("A", 1));
    let lock2 = Arc::clone(&lock);
    let ended = start("t1", move || {
        let _held = lock2.lock();
        std::panic::resume_unwind(Box::new("with the lock in its hand"));
    })
    .join();
    assert!(ended.is_err());
    assert_eq!(lock.lock().map(|value| *value), Ok(1));
}

#[test]
fn the_error_says_in_one_line_what_was_wanted_and_where() {
    let lock = WaitGraph::default().mutex("the ledger", ());
    let _held = lock.lock();
    let error = lock.lock().expect_err("it is held by this thread").to_string();
    assert!(error.contains("wants the ledger (") && error.contains("checked_mutex.rs:"), "{error}");
    assert_eq!(error.lines().count(), 1);
}

// Locks and threads at random: each thread takes some locks in some order and gives up when it is
// refused. Whatever the order, everyone comes to an end, and what is counted under the locks is
// right.
#[test]
fn whatever_is_taken_in_whatever_order_all_threads_end() {
    use proptest::prelude::*;
    let thread = proptest::sample::subsequence((0..4_usize).collect::<Vec<_>>(), 1..=3).prop_shuffle();
    let threads = proptest::collection::vec(thread, 2..=4);
    proptest!(ProptestConfig::with_cases(64), |(orders in threads)| {
        let graph = WaitGraph::default();
        let locks: Arc<Vec<_>> = Arc::new((0..4).map(|lock| graph.mutex(&format!("l{lock}"), 0)).collect());
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
