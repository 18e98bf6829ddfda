//! What is sent arrives whole or is refused: room that was promised, values of another type,
//! threads that share an end, a descriptor.

use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use process_sharing::message::Error;
use process_sharing::pipe::Pipe;
use process_sharing::queue::{Receiver, Sender, bounded};
use process_sharing::socket::{receive_descriptor, send_descriptor};

use crate::{again, alone};

/// A value whose encoding is as long as this: two bytes of it, or one, are its length.
fn bytes(length: usize) -> Vec<u8> {
    vec![7; length - if length < 130 { 1 } else { 2 }]
}

/// Sends as many values as a queue has room for, without ever waiting, and receives them, twice.
fn fill(capacity: usize, length: usize) {
    let (sender, receiver) = bounded::<Vec<u8>>(capacity).expect("there is room for a queue");
    for _ in 0..2 {
        for number in 0..capacity {
            let sent = sender.try_send(&bytes(length));
            sent.unwrap_or_else(|error| panic!("{number} of {capacity} of {length}: {error}"));
        }
        let sent = sender.try_send(&bytes(length));
        assert!(matches!(sent, Err(Error::NotNow)), "{capacity} of {length}");
        for _ in 0..capacity {
            assert_eq!(receiver.try_receive().expect("it was sent"), bytes(length));
        }
    }
}

checks::within_a_minute! {
    #[test]
    fn the_room_that_a_queue_promises_is_there_at_every_size_and_a_try_never_waits() {
        for capacity in [1, 2, 10, 26] {
            for length in [1, 64, 500, 1000, 2048, 3000, 4095, 4096] {
                fill(capacity, length);
            }
        }
        // A queue has room for what it promises, or there is none.
        for capacity in [27, 64, 128] {
            if bounded::<Vec<u8>>(capacity).is_ok() {
                fill(capacity, 4096);
            }
        }
    }

    #[test]
    fn what_is_too_long_for_a_queue_is_refused_whether_it_is_full_or_not_and_takes_no_room() {
        let (sender, receiver) = bounded::<Vec<u8>>(1).expect("there is room for a queue");
        assert!(matches!(sender.send(&bytes(4097)), Err(Error::Malformed)));
        sender.try_send(&bytes(4096)).expect("there is room still");
        assert!(matches!(sender.try_send(&bytes(4097)), Err(Error::Malformed)));
        assert_eq!(receiver.receive().expect("it was sent").len(), 4094);
    }

    #[test]
    fn a_producer_that_is_killed_between_its_permit_and_its_message_takes_the_room_of_one_with_it() {
        let (sender, receiver) = bounded::<u32>(2).expect("there is room for a queue");
        // What such a producer has done when it is killed.
        let permit = &mut [0; 8];
        let received = rustix::net::recv(&sender, permit, rustix::net::RecvFlags::DONTWAIT);
        assert!(received.is_ok_and(|(length, _)| length > 0));
        sender.try_send(&1).expect("there is room for another");
        assert!(matches!(sender.try_send(&2), Err(Error::NotNow)));
        assert_eq!(receiver.receive().expect("it was sent"), 1);
        sender.try_send(&3).expect("there is room again");
    }

    #[test]
    fn a_value_in_a_closed_queue_can_still_be_received() {
        let (sender, receiver) = bounded(4).expect("there is room for a queue");
        sender.send(&1).expect("there is room");
        sender.close().expect("it is open");
        assert!(matches!(sender.send(&2), Err(Error::Closed)));
        assert_eq!(receiver.receive().expect("it was sent"), 1);
        assert!(matches!(receiver.receive(), Err(Error::Closed)));
    }

    #[test]
    fn an_end_that_is_closed_with_something_unread_is_closed() {
        let (here, there) = Pipe::<u32, u32>::pair().expect("there is room for a pipe");
        here.send(&1).expect("there is room");
        drop(there);
        assert!(matches!(here.receive(), Err(Error::Closed)));
    }

    #[test]
    fn bytes_that_are_left_over_make_no_value_of_another_type() {
        let (here, there) = Pipe::<(u16, String), u8>::pair().expect("there is room for a pipe");
        let there = Pipe::<u8, u8>::from(again(&there));
        here.send(&(300, "abc".into())).expect("there is room");
        assert!(matches!(there.receive(), Err(Error::Malformed)));

        let (sender, receiver) = bounded::<(u16, String)>(1).expect("there is room for a queue");
        let receiver = Receiver::<u8>::from(again(&receiver));
        sender.send(&(300, "abc".into())).expect("there is room");
        assert!(matches!(receiver.receive(), Err(Error::Malformed)));
        sender.try_send(&(1, String::new())).expect("what was refused has given its room back");
        let sender = Sender::<u8>::from(again(&sender));
        assert!(matches!(sender.try_send(&1), Err(Error::NotNow)));
    }

    #[test]
    fn threads_that_share_an_end_of_a_pipe_send_whole_values_and_receive_whole_values() {
        const EACH: usize = 40;
        let (here, there) = Pipe::<String, ()>::pair().expect("there is room for a pipe");
        let (here, there) = (&here, &there);
        let mut received = std::thread::scope(|scope| {
            for name in ["1", "2"] {
                scope.spawn(move || {
                    for _ in 0..EACH {
                        here.send(&name.repeat(300_000)).expect("the other end is open");
                    }
                });
            }
            let receive = move |_| there.receive().expect("it was sent");
            let receives = move || (0..EACH).map(receive).collect::<Vec<_>>();
            let [one, other] = [scope.spawn(receives), scope.spawn(receives)];
            [one, other].map(|thread| thread.join().expect("it does not panic")).concat()
        });
        received.sort_unstable();
        for (number, value) in received.iter().enumerate() {
            let name = if number < EACH { "1" } else { "2" };
            assert!(*value == name.repeat(300_000), "{number}");
        }
    }

    #[test]
    fn a_pipe_whose_framing_is_lost_brings_no_value_any_more() {
        let (here, there) = Pipe::<u32, u8>::pair().expect("there is room for a pipe");
        let mut raw = UnixStream::from(again(&here));
        // A length that is none, and then what could be a value.
        raw.write_all(&[0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 7]).expect("there is room");
        assert!(matches!(there.receive(), Err(Error::Malformed)));
        let next = there.receive();
        assert!(matches!(next, Err(Error::Closed)), "{next:?}");
    }

    #[test]
    fn a_process_without_room_for_a_descriptor_that_was_sent_is_told_so() {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        if !alone("whole::a_process_without_room_for_a_descriptor_that_was_sent_is_told_so") {
            return;
        }
        let (ours, theirs) = UnixStream::pair().expect("there is room");
        send_descriptor(&theirs, theirs.as_fd()).expect("it is open");
        let before = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(0), ..before }).expect("it is less");
        let got = receive_descriptor(&ours);
        setrlimit(Resource::Nofile, before).expect("it was so before");
        let error = got.expect_err("one was sent, and did not arrive");
        assert!(error.to_string().contains("descriptor"), "{error}");

        (&theirs).write_all(&[0]).expect("it is open");
        let received = || receive_descriptor(&ours).expect("it is no error");
        assert!(received().is_none(), "none was sent");
        drop(theirs);
        assert!(received().is_none(), "the other end is closed");
    }
}

#[cfg(target_os = "linux")]
checks::within_a_minute! {
    #[test]
    fn a_manager_that_is_out_of_descriptors_lets_a_client_wait_and_keeps_the_data() {
        use process_sharing::manager::Client;
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let server = crate::server();
        let pid = Pid::from_raw(server.process.pid().cast_signed());
        let client = Client::connect(&server.path).expect("it is there");
        let list = client.list("l");
        list.push(1).expect("it is there");
        let before = prlimit(pid, Resource::Nofile, Rlimit { current: Some(3), maximum: Some(64) });
        let before = before.expect("it is our child, and this is less");
        let other = Client::connect(&server.path).expect("it listens");
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| other.list("l").items());
            assert_eq!(list.items().expect("it is there"), [1]);
            let more = Rlimit { current: Some(64), maximum: Some(64) };
            assert!(before.current.is_none_or(|limit| limit >= 64));
            prlimit(pid, Resource::Nofile, more).expect("it is no more than it may have");
            let waited = waits.join().expect("it does not panic");
            assert_eq!(waited.expect("it is there"), [1]);
        });
    }
}
