//! What foreign code adds to a list of the executor's while the executor goes through it.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use coroutines::executor::{self, Sleep};

use crate::executor_foreign::{Foreign, poll};

const MANY: usize = 1000;

thread_local! {
    static DUE: RefCell<Vec<Sleep>> = const { RefCell::new(Vec::new()) };
    static SET: RefCell<Vec<Sleep>> = const { RefCell::new(Vec::new()) };
    static WOKEN: Cell<usize> = const { Cell::new(0) };
}

/// Sets the next one of the sleeps that are due; when it is woken, it does so again.
fn sets_the_next() {
    WOKEN.set(WOKEN.get() + 1);
    let Some(mut sleep) = DUE.with_borrow_mut(Vec::pop) else { return };
    let waker = Waker::from(Arc::new(Foreign { woken: Some(sets_the_next), dropped: None }));
    assert!(poll(Pin::new(&mut sleep), &waker).is_pending(), "it is set by its first poll");
    SET.with_borrow_mut(|set| set.push(sleep));
}

checks::within_a_minute! {
    #[test]
    fn timers_that_a_timers_waker_sets_wait_for_the_next_pass_though_they_are_due() {
        executor::block_on(async {
            DUE.set((0..MANY).map(|_| executor::sleep(Duration::from_nanos(1))).collect());
            sets_the_next();
            // Within 61 polls the timers are looked at.
            for _ in 0..100 {
                executor::yield_now().await;
            }
            let woken = WOKEN.get();
            assert!((2..MANY).contains(&woken), "{woken} times while others waited for a turn");
            // And none is forgotten.
            while !DUE.with_borrow(Vec::is_empty) {
                executor::sleep(Duration::from_nanos(1)).await;
            }
            executor::sleep(Duration::from_millis(1)).await;
        });
        assert_eq!(WOKEN.get(), MANY + 1);
    }
}
