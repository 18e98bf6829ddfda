//! In which order a channel serves its senders, on our executor and on tokio.

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
}
