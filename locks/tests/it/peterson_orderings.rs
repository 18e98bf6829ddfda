//! Peterson's algorithm under Loom, which reorders what may be reordered: it convicts Acquire and
//! Release, on any processor.
//!
//! Of the `SeqCst` variant Loom cannot be asked: it takes a `SeqCst` load or store for an Acquire
//! or a Release one, and would find the weak variant's fault in it. What clears that variant is the
//! model checker that knows no other order than `SeqCst` (`peterson --explore`).

use std::panic::{AssertUnwindSafe, catch_unwind};

#[path = "../../src"]
#[allow(dead_code, unreachable_pub, reason = "the tests use a part of it")]
mod loomed {
    use kit::real::lane;

    mod sync {
        pub(super) use loom::sync::atomic;
        pub(super) use std::sync::Arc;
    }
    mod exclusion_probe;
    pub(super) mod peterson;
}

use loomed::peterson::{AcquireRelease, Exchange, Orderings, Peterson};

/// Lets two threads try to enter once each; a thread that is inside reaches a plain value. Loom
/// notices when two accesses could meet, and when one could not see the other.
fn two_try<O: Orderings>() {
    let body = |me: usize, (lock, value): &(Peterson<O>, loom::cell::UnsafeCell<u32>)| {
        lock.ask(me);
        if lock.may_enter(me) {
            // Loom looks at the access; that nothing is written spares the `unsafe`.
            value.with_mut(|_| ());
        }
        lock.leave(me);
    };
    let game = loom::sync::Arc::new((Peterson::<O>::default(), loom::cell::UnsafeCell::new(0)));
    let other = loom::sync::Arc::clone(&game);
    let other = loom::thread::spawn(move || body(1, &other));
    body(0, &game);
    other.join().expect("it does not panic");
}

#[test]
fn with_acquire_and_release_loom_lets_both_in() {
    let ended = catch_unwind(AssertUnwindSafe(|| loom::model(two_try::<AcquireRelease>)));
    let payload = ended.expect_err("Loom must find an execution in which both are inside");
    let why = payload.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(why.contains("Causality violation"), "{why}");
}

#[test]
fn with_an_exchange_of_the_turn_loom_lets_one_in_at_a_time_and_it_sees_the_last_write() {
    loom::model(two_try::<Exchange>);
}
