//! What a channel promises, on our executor and on tokio: nothing is lost, and senders are served
//! in FIFO order.

use std::cell::Cell;
use std::rc::Rc;

use crate::executor::on_both;

/// Sends from a task of its own, which is polled once.
macro_rules! sending {
    ($sender:expr, $value:expr) => {{
        let sender = $sender.clone();
        let task = runtime::spawn(async move { sender.send($value).await });
        runtime::yield_now().await;
        runtime::yield_now().await;
        task
    }};
}

on_both! {
    fn senders_are_served_in_fifo_order() {
        runtime::block_on(async {
            let (sender, mut receiver) = runtime::channel(1);
            for name in 0..4 {
                let sender = sender.clone();
                drop(runtime::spawn(async move { while sender.send(name).await.is_ok() {} }));
            }
            let mut received = [0_u32; 4];
            for _ in 0..1000 {
                received[receiver.recv().await.unwrap()] += 1;
            }
            assert!(received.iter().all(|times| (249..=251).contains(times)), "{received:?}");
        });
    }

    fn room_that_a_sender_waits_for_is_not_granted_to_a_later_one() {
        runtime::block_on(async {
            let (sender, mut receiver) = runtime::channel(1);
            sender.try_send(0).unwrap();
            let waits = sending!(sender, 1);
            assert_eq!(receiver.recv().await, Some(0));
            assert!(sender.try_send(2).is_err(), "it was granted");
            waits.await.unwrap().unwrap();
            assert_eq!(receiver.recv().await, Some(1));
            assert!(sender.try_send(2).is_ok());
        });
    }

    fn a_full_channel_holds_its_sender_back_and_loses_nothing() {
        let taken = runtime::block_on(async {
            let (sender, mut receiver) = runtime::channel(2);
            let sent = Rc::new(Cell::new(0));
            let sent2 = Rc::clone(&sent);
            drop(runtime::spawn(async move {
                for value in 0..6 {
                    sender.send(value).await.unwrap();
                    sent2.set(value + 1);
                }
            }));
            for _ in 0..10 {
                runtime::yield_now().await;
            }
            assert_eq!(sent.get(), 2, "there is room for two");
            let mut taken = Vec::new();
            while let Some(value) = receiver.recv().await {
                taken.push(value);
            }
            taken
        });
        assert_eq!(taken, [0, 1, 2, 3, 4, 5]);
    }

    fn a_sender_that_is_aborted_gives_its_place_to_the_next_one() {
        runtime::block_on(async {
            let (sender, mut receiver) = runtime::channel(1);
            sender.try_send(0).unwrap();
            let (first, second) = (sending!(sender, 1), sending!(sender, 2));
            // The first one is granted the room, and is dropped before it can use it.
            assert_eq!(receiver.recv().await, Some(0));
            first.abort();
            assert!(first.await.is_err());
            second.await.unwrap().unwrap();
            assert_eq!(receiver.recv().await, Some(2));
        });
    }

    fn a_channel_whose_other_side_is_gone_is_closed() {
        runtime::block_on(async {
            let (sender, receiver) = runtime::channel(1);
            sender.try_send(0).unwrap();
            let waits = sending!(sender, 1);
            drop(receiver);
            assert!(waits.await.unwrap().is_err());
            assert!(sender.send(2).await.is_err());
            let (sender, mut receiver) = runtime::channel::<u32>(1);
            drop(sender);
            assert_eq!(receiver.recv().await, None);
        });
    }
}
