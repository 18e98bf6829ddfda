//! What a channel promises, on our executor and on tokio: nothing is lost, senders are served in FIFO
//! order.

use std::cell::Cell;
use std::rc::Rc;

use crate::executor::on_both;

on_both! {
    fn senders_are_served_in_the_order_in_which_they_asked() {
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

    fn one_send_beside_three_that_never_stop_is_served_in_its_turn() {
        for (place, yields) in (0..12).map(|case| (case % 4, case / 4)) {
            runtime::block_on(async {
                let (sender, mut receiver) = runtime::channel(1);
                for number in 0..4 {
                    let sender = sender.clone();
                    drop(runtime::spawn(async move {
                        if number == place {
                            let _ = sender.send(true).await;
                            return;
                        }
                        while sender.send(false).await.is_ok() {}
                    }));
                }
                let mut before = 0;
                while !receiver.recv().await.unwrap() {
                    before += 1;
                    assert!(before < 100, "it is never served: place {place}, {yields} yields");
                    for _ in 0..yields {
                        runtime::yield_now().await;
                    }
                }
            });
        }
    }

    fn room_that_a_sender_waits_for_is_not_given_to_one_that_comes_later() {
        runtime::block_on(async {
            let (sender, mut receiver) = runtime::channel(1);
            sender.try_send(0).unwrap();
            let waits = runtime::spawn({ let sender = sender.clone(); async move { sender.send(1).await } });
            runtime::yield_now().await;
            runtime::yield_now().await;
            assert_eq!(receiver.recv().await, Some(0));
            assert!(sender.try_send(2).is_err(), "it was given away");
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

    fn a_sender_that_gives_up_its_place_lets_the_next_one_have_it() {
        runtime::block_on(async {
            let (sender, mut receiver) = runtime::channel(1);
            sender.try_send(0).unwrap();
            let first = runtime::spawn({ let sender = sender.clone(); async move { sender.send(1).await } });
            let second = runtime::spawn({ let sender = sender.clone(); async move { sender.send(2).await } });
            runtime::yield_now().await;
            runtime::yield_now().await;
            // The first one is given the room, and is dropped before it can use it.
            assert_eq!(receiver.recv().await, Some(0));
            first.abort();
            assert!(first.await.is_err());
            second.await.unwrap().unwrap();
            assert_eq!(receiver.recv().await, Some(2));
        });
    }

    fn a_channel_whose_other_side_is_gone_says_so() {
        runtime::block_on(async {
            let (sender, receiver) = runtime::channel(1);
            sender.try_send(0).unwrap();
            let waits = runtime::spawn({ let sender = sender.clone(); async move { sender.send(1).await.is_err() } });
            runtime::yield_now().await;
            drop(receiver);
            assert!(waits.await.unwrap());
            assert!(sender.send(2).await.is_err());
            let (sender, mut receiver) = runtime::channel::<u32>(1);
            drop(sender);
            assert_eq!(receiver.recv().await, None);
        });
    }
}
