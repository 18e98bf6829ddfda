//! What a channel bears of code that is not its own: values, and wakers, that panic or use it.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Waker};

use coroutines::executor::{self, block_on_paused};

use crate::executor_foreign::{Bomb, Foreign, hangs, panics_when_dropped, panics_when_woken, poll};

checks::within_a_minute! {
    #[test]
    fn a_receiver_whose_values_panic_at_their_ends_still_tells_the_senders_that_it_is_gone() {
        block_on_paused(async {
            let (sender, receiver) = executor::channel(1);
            assert!(sender.try_send(Bomb).is_ok());
            let sender2 = sender.clone();
            let waits = executor::spawn(async move { std::mem::forget(sender2.send(Bomb).await) });
            executor::yield_now().await;
            assert!(catch_unwind(AssertUnwindSafe(|| drop(receiver))).is_err());
            assert!(!hangs(waits).await);
        });
    }

    #[test]
    fn a_waker_that_panics_costs_a_channel_neither_a_value_nor_a_wake() {
        block_on_paused(async {
            let (sender, mut receiver) = executor::channel(1);
            assert_eq!(sender.try_send(0), Ok(()));
            {
                let mut waits = pin!(sender.send(1));
                assert!(poll(waits.as_mut(), &panics_when_woken()).is_pending());
                assert_eq!(receiver.recv().await, Some(0));
                assert_eq!(poll(waits, Waker::noop()), Poll::Ready(Ok(())));
            }
            assert_eq!(receiver.recv().await, Some(1));
            assert!(poll(pin!(receiver.recv()), &panics_when_woken()).is_pending());
            assert_eq!(sender.try_send(2), Ok(()));
            assert_eq!(receiver.recv().await, Some(2));
            assert_eq!(sender.try_send(3), Ok(()));
            // Two wait; the first one's waker panics when the receiver goes.
            let (mut first, sender2) = (pin!(sender.send(4)), sender.clone());
            assert!(poll(first.as_mut(), &panics_when_woken()).is_pending());
            let second = executor::spawn(async move { sender2.send(5).await.is_err() });
            executor::yield_now().await;
            drop(receiver);
            assert!(!hangs(second).await);
        });
    }

    #[test]
    fn a_send_that_is_dropped_may_drop_a_waker_and_a_value_that_both_panic() {
        let (sender, _receiver) = executor::channel(1);
        assert!(sender.try_send(None).is_ok());
        let mut waits = Box::pin(sender.send(Some(Bomb)));
        assert!(poll(waits.as_mut(), &panics_when_dropped()).is_pending());
        // A second panic that unwound while the first does would end the process.
        assert!(catch_unwind(AssertUnwindSafe(|| drop(waits))).is_err());
    }

    #[test]
    fn a_waker_whose_end_uses_the_channel_finds_it_free() {
        type Kept = RefCell<Option<executor::Sender<u32>>>;
        thread_local!(static SENDER: Kept = const { RefCell::new(None) });
        let sends = || {
            SENDER.with_borrow(|sender| sender.as_ref().map(|sender| sender.try_send(7)));
        };
        let sending = || Waker::from(Arc::new(Foreign { woken: None, dropped: Some(sends) }));
        let (sender, mut receiver) = executor::channel(2);
        SENDER.set(Some(sender.clone()));
        // Its waker is replaced by another one, whose making finds a value.
        assert!(poll(pin!(receiver.recv()), &sending()).is_pending());
        assert_eq!(poll(pin!(receiver.recv()), Waker::noop()), Poll::Ready(Some(7)));
        assert_eq!((sender.try_send(1), sender.try_send(2)), (Ok(()), Ok(())));
        let mut waits = pin!(sender.send(3));
        assert!(poll(waits.as_mut(), &sending()).is_pending());
        assert!(poll(waits.as_mut(), Waker::noop()).is_pending());
        SENDER.take();
    }
}
