//! What processes send each other: through queues and pipes, and to the server of a manager.

use std::collections::BTreeSet;

use process_sharing::manager::{self, Client, Left};
use process_sharing::pipe::{self, Pipe};
use process_sharing::queue::{self, Error, bounded};

use crate::program;

fn left(outcome: std::io::Result<Left>) -> (Vec<i64>, Vec<i64>) {
    let Left { inner, own } = outcome.expect("the server and its clients do their parts");
    (inner, own)
}

checks::within_a_minute! {
#[test]
fn ten_numbers_come_out_of_a_child_in_their_order() {
    assert_eq!(queue::ten_numbers(program()).expect("the child ends"), (0..10).collect::<Vec<_>>());
}

#[test]
fn each_value_comes_once_whoever_sends_and_whoever_receives() {
    let received = queue::many(program(), 3, 2, 100).expect("all end");
    let all: Vec<_> = received.concat();
    assert_eq!(all.len(), 300);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 300);
    // What one consumer has of one producer, it has in the order in which it was sent.
    for numbers in received {
        for producer in 0..3 {
            let of_it: Vec<_> = numbers.iter().filter(|number| **number / 1000 == producer).collect();
            assert!(of_it.is_sorted(), "{of_it:?}");
        }
    }
}

#[test]
fn closing_a_queue_wakes_all_who_wait_at_it() {
    assert_eq!(queue::closed(program()).expect("all end"), ["closed"; 4]);
}

#[test]
fn a_consumer_that_is_killed_takes_nothing_with_it() {
    assert_eq!(queue::consumer_killed(program()).expect("the other ends"), (0..10).collect::<Vec<_>>());
}

#[test]
fn a_queue_has_room_for_what_was_agreed_on_and_no_more() {
    for capacity in [1, 4, 128] {
        let (sender, receiver) = bounded(capacity).expect("there is room for a queue");
        for number in 0..capacity {
            sender.try_send(&number).expect("there is room");
        }
        assert!(matches!(sender.try_send(&0), Err(Error::NotNow)), "{capacity}");
        assert_eq!(receiver.receive().expect("it was sent"), 0);
        sender.try_send(&capacity).expect("there is room again");
        assert!(matches!(sender.try_send(&0), Err(Error::NotNow)), "{capacity}");
    }
}

#[test]
fn what_lies_in_a_closed_queue_can_still_be_received() {
    let (sender, receiver) = bounded(4).expect("there is room for a queue");
    sender.send(&1).expect("there is room");
    sender.close().expect("it is open");
    assert!(matches!(sender.send(&2), Err(Error::Closed)));
    assert_eq!(receiver.receive().expect("it was sent"), 1);
    assert!(matches!(receiver.receive(), Err(Error::Closed)));
}

#[test]
fn what_is_too_long_is_refused_and_takes_no_room() {
    let (sender, _receiver) = bounded::<Vec<u8>>(1).expect("there is room for a queue");
    assert!(matches!(sender.send(&vec![0; 5000]), Err(Error::Malformed)));
    sender.try_send(&vec![0; 4000]).expect("there is room still");
}

#[test]
fn a_pipe_carries_five_numbers_one_way_and_one_the_other() {
    assert_eq!(pipe::conversation(program()).expect("the child ends"), (vec![1, 2, 3, 4, 5], 123));
}

#[test]
fn at_a_pipe_whose_other_end_is_closed_nobody_waits() {
    let (received, sent) = pipe::closed(program()).expect("the child ends");
    assert!(matches!(received, Err(pipe::Error::Closed)), "{received:?}");
    assert!(matches!(sent, Err(pipe::Error::Closed)), "{sent:?}");
}

#[test]
fn half_a_value_is_told_from_an_end() {
    let received = pipe::cut_off(program()).expect("the child is killed");
    assert!(matches!(received, Err(pipe::Error::CutOff)), "{received:?}");
}

#[test]
fn an_end_that_is_closed_with_something_unread_is_closed() {
    let (here, there) = Pipe::<u32, u32>::pair().expect("there is room for a pipe");
    here.send(&1).expect("there is room");
    drop(there);
    assert!(matches!(here.receive(), Err(pipe::Error::Closed)));
}

#[test]
fn a_length_beyond_reason_is_refused_before_room_is_made_for_it() {
    let (here, there) = Pipe::<u32, Vec<u8>>::pair().expect("there is room for a pipe");
    // Read as a length, the last four bytes of this are 4 GiB.
    rustix::io::write(&here, &[0xff; 4]).expect("there is room");
    assert!(matches!(there.receive(), Err(pipe::Error::Malformed)));
}

#[test]
fn a_list_that_came_out_of_a_dict_is_a_copy() {
    assert_eq!(left(manager::changed_copy(program())), (vec![1], vec![1]));
}

#[test]
fn a_list_that_is_put_back_is_changed_in_the_server() {
    assert_eq!(left(manager::put_back(program())), (vec![1, 2], vec![1]));
}

#[test]
fn of_two_lists_that_are_put_back_one_is_lost() {
    assert_eq!(left(manager::both_put_back(program())), (vec![1, 2], vec![1]));
}

#[test]
fn a_list_with_a_name_of_its_own_is_changed_in_the_server() {
    assert_eq!(left(manager::own_list(program())), (vec![1], vec![1, 2]));
}

#[test]
fn a_client_that_is_killed_takes_nothing_down() {
    assert_eq!(left(manager::client_killed(program())), (vec![1], vec![1, 2, 2]));
}

#[test]
fn when_the_server_is_killed_every_client_is_told() {
    let gone = manager::Error::ServerGone.to_string();
    assert_eq!(manager::server_killed(program()).expect("the client ends"), [gone.clone(), gone]);
}

#[test]
fn a_server_that_was_never_there_is_an_error() {
    assert_eq!(Client::connect("/no/such/door").expect_err("there is none"), manager::Error::ServerGone);
}
}
