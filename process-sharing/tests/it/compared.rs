//! What is compared is the same: every means carries messages of every length that it has, whole and in order.

use process_sharing::compared::{Means, SIZES, measure};

use crate::program;

/// Measures, which checks each message; returns which lengths there were.
fn lengths(means: Means) -> [bool; 3] {
    let measured = measure(program(), means).expect("every message comes whole");
    for (measured, size) in measured.into_iter().zip(SIZES) {
        if let Some(measured) = measured {
            assert!(!measured.one_way.is_zero() && !measured.there_and_back.is_zero());
            assert!(measured.megabytes(size) > 0);
        }
    }
    measured.map(|measured| measured.is_some())
}

stage::within_a_minute! {
#[test]
fn pipes_sockets_and_fifos_carry_messages_of_every_length() {
    for means in [Means::Pipe, Means::Socketpair, Means::Fifo] {
        assert_eq!(lengths(means), [true; 3], "{means}");
    }
}

#[test]
fn channels_and_rings_carry_messages_of_every_length() {
    for means in [Means::IpcChannel, Means::Ring] {
        assert_eq!(lengths(means), [true; 3], "{means}");
    }
}
}

#[cfg(target_os = "linux")]
stage::within_a_minute! {
#[test]
fn a_message_queue_has_no_long_messages() {
    assert_eq!(lengths(Means::MessageQueue), [true, true, false]);
}
}
