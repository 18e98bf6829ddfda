//! The ring: whole messages, in order, between processes; and what each end is told when the other
//! one is gone.

use process_sharing::ring::echo;
use process_sharing::shared_memory::ring::{Error, Ring};

use crate::{again, both_ends, program};

checks::within_a_minute! {
    #[test]
    fn what_is_sent_arrives_whole_and_in_order_however_often_the_ring_comes_round() {
        let (mut producer, mut consumer) = both_ends(1);
        let lengths = || (0..20_000_usize).map(|n| (n * 37) % 2_000);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for (n, len) in lengths().enumerate() {
                    producer.send(&vec![n as u8; len]).expect("there is a consumer");
                }
            });
            for (n, len) in lengths().enumerate() {
                let message = consumer.receive().expect("there is a producer");
                assert_eq!(*message, vec![n as u8; len], "message {n}");
            }
        });
    }

    #[test]
    fn a_long_message_is_copied_out_while_it_is_copied_in() {
        let (mut producer, mut consumer) = both_ends(1 << 20);
        let lengths = || (0..200_usize).map(|n| [0, 1, 64 << 10, (64 << 10) + 9, 500_000][n % 5] + n);
        let bytes: Vec<_> = (0..500_400_u32).map(|byte| byte as u8).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for (n, len) in lengths().enumerate() {
                    producer.send(&bytes[n..n + len]).expect("there is a consumer");
                }
            });
            let mut copy = vec![];
            for (n, len) in lengths().enumerate() {
                if n % 3 == 0 {
                    copy = consumer.receive().expect("there is a producer").to_vec();
                } else {
                    consumer.receive_into(&mut copy).expect("there is a producer");
                }
                assert!(copy == bytes[n..n + len], "message {n}");
            }
        });
    }

    #[test]
    fn a_message_is_read_where_it_was_written() {
        let (mut producer, mut consumer) = both_ends(1 << 20);
        for len in [0, 1, 64, 4_095, 4_096, 100_000] {
            producer.send(&vec![7; len]).expect("there is room");
            let message = consumer.receive().expect("it was sent");
            assert_eq!(message.len(), len);
            if len >= 4_096 {
                assert_eq!(message.as_ptr().addr() % 4_096, 16);
            }
        }
    }

    #[test]
    fn a_child_sends_back_what_it_receives() {
        let (child, mut there, mut back) = echo(program(), 1 << 16).expect("it starts");
        for n in 0..2_000_usize {
            let message = vec![n as u8; n * 13 % 30_000];
            there.send(&message).expect("the child receives");
            assert_eq!(*back.receive().expect("it sends"), message);
        }
        drop(there);
        assert_eq!(back.receive().map(|message| message.len()), Err(Error::Closed));
        child.succeeds().expect("it ends well");
    }

    #[test]
    fn a_producer_is_told_that_its_consumer_was_killed_when_there_is_no_more_room() {
        let (mut child, mut there, _back) = echo(program(), 1 << 16).expect("it starts");
        let pid = child.pid();
        child.kill().expect("it is ours");
        let told = (0..3).find_map(|_| there.send(&[1; 30_000]).err());
        assert_eq!(told, Some(Error::Died { pid }));
    }

    #[test]
    fn a_child_that_dies_before_it_takes_its_end_is_not_waited_for() {
        let ring = Ring::new(1).expect("there is memory");
        let mut command = std::process::Command::new("tail");
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().expect("there is one");
        let pid = child.id();
        ring.expect_producer(pid);
        let mut consumer = ring.consumer().expect("it is free");
        child.kill().and_then(|()| child.wait()).expect("it is ours");
        assert_eq!(consumer.receive().map(drop), Err(Error::Died { pid }));
    }

    #[test]
    fn what_was_sent_before_a_close_is_received_before_it_is_told() {
        let (mut producer, mut consumer) = both_ends(1);
        producer.send(b"last").expect("there is room");
        drop(producer);
        assert_eq!(*consumer.receive().expect("it was sent"), *b"last");
        assert_eq!(consumer.receive().map(drop), Err(Error::Closed));
    }

    #[test]
    fn a_producer_that_waits_for_room_is_told_that_the_consumer_has_gone() {
        let (mut producer, consumer) = both_ends(1);
        std::thread::scope(|scope| {
            let sends = scope.spawn(move || (0..).find_map(|_| producer.send(&[0; 1_000]).err()));
            drop(consumer);
            assert_eq!(sends.join().expect("it does not panic"), Some(Error::Closed));
        });
    }
}

checks::within_a_minute! {
    #[test]
    fn the_longest_message_fits_from_anywhere_in_the_ring_and_a_longer_one_is_refused() {
        let (mut producer, mut consumer) = both_ends(1 << 16);
        let refused = producer.reserve(1 << 16).map(drop);
        let Err(Error::TooLong { longest }) = refused else { panic!("it fits") };
        for before in (0..9_000).step_by(8) {
            for len in [before, longest] {
                producer.send(&vec![1; len]).expect("there is room");
                assert!(producer.reserve(longest + 1).is_err());
                assert_eq!(consumer.receive().expect("it was sent").len(), len);
            }
        }
    }
}

#[test]
fn an_end_is_claimed_once() {
    let ring = Ring::new(1).expect("there is memory");
    let again = || Ring::open(again(&ring)).expect("it is a ring");
    let _producer = again().producer().expect("it is free");
    assert!(again().producer().is_err());
    ring.expect_consumer(1);
    assert!(again().consumer().is_err(), "it was promised to another process");
}
