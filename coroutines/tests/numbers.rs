//! The numbers of executors, all of which this test takes: it is alone in its process.

use std::future::poll_fn;
use std::panic::catch_unwind;
use std::task::Poll;

use coroutines::executor::{Executor, block_on};

#[test]
fn an_executor_for_which_there_is_no_number_is_refused_and_harms_no_other() {
    let mut all: Vec<_> = (0..1 << 16).map(|_| Executor::new()).collect();
    assert!(catch_unwind(Executor::new).is_err(), "two have the same number");
    let mut polled = false;
    let woken = poll_fn(|cx| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        std::thread::spawn(move || waker.wake()).join().expect("a wake-up does not panic");
        Poll::Pending
    });
    all[0].block_on(woken);
    all.pop();
    assert_eq!(block_on(async { 1 }), 1);
}
