//! Channels, limits, and two futures in one task, on our executor and on tokio.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use coroutines::combine::{Either, join, select};

use crate::executor::{Ends, on_both};

on_both! {
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

    fn who_takes_too_long_is_dropped() {
        runtime::block_on_paused(async {
            let ends = Rc::new(Cell::new(0));
            let end = Ends(Rc::clone(&ends));
            let slow = async move {
                let _end = end;
                runtime::sleep(Duration::from_secs(9)).await;
            };
            assert!(runtime::timeout(Duration::from_secs(1), slow).await.is_err());
            assert_eq!(ends.get(), 1);
            assert_eq!(runtime::timeout(Duration::from_secs(1), async { 3 }).await, Ok(3));
        });
    }

    fn joined_futures_run_at_once_in_one_task() {
        runtime::block_on_paused(async {
            let began = runtime::now();
            let both = join(runtime::sleep(Duration::from_secs(2)), runtime::sleep(Duration::from_secs(3)));
            both.await;
            assert_eq!((runtime::now() - began).as_secs(), 3);
        });
    }

    fn the_first_of_two_wins_and_the_other_is_dropped() {
        runtime::block_on_paused(async {
            let ends = Rc::new(Cell::new(0));
            let end = Ends(Rc::clone(&ends));
            let slow = async move {
                let _end = end;
                runtime::sleep(Duration::from_secs(9)).await;
            };
            let fast = async {
                runtime::sleep(Duration::from_secs(1)).await;
                "fast"
            };
            assert_eq!(select(slow, fast).await, Either::Right("fast"));
            assert_eq!(ends.get(), 1);
        });
    }
}
