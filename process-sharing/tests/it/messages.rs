//! Contracts of the queue and of the pipe.

use process_sharing::pipe::{self, Pipe};
use process_sharing::queue::{Error, bounded};

checks::within_a_minute! {
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
    assert!(matches!(here.receive(), Err(pipe::Error::Closed)));
}

#[test]
fn a_length_beyond_reason_is_refused_before_room_is_made_for_it() {
    let (here, there) = Pipe::<u32, Vec<u8>>::pair().expect("there is room for a pipe");
    // Read as a length, the last four bytes of this are 4 GiB.
    rustix::io::write(&here, &[0xff; 4]).expect("there is room");
    assert!(matches!(there.receive(), Err(pipe::Error::Malformed)));
}

}
