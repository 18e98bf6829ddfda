//! What is compared is the same: every means carries messages of every length that it has, whole
//! and in order.

use process_sharing::compared::{Means, SIZES, measure};

use std::os::unix::fs::symlink;

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

checks::within_a_minute! {
#[test]
fn pipes_sockets_and_fifos_carry_messages_of_every_length() {
    for means in [Means::Pipe, Means::Socketpair, Means::Fifo] {
        assert_eq!(lengths(means), [true; 3], "{means}");
    }
}

#[test]
fn a_process_that_ends_too_early_is_not_waited_for_by_any_means() {
    for means in [Means::Pipe, Means::Socketpair, Means::Fifo, Means::MessageQueue, Means::IpcChannel, Means::Ring] {
        let names = process_sharing::names::Names::new(program()).expect("the sweeper starts");
        let (sweeper_only, binary) = (names.path("sweeper-only"), names.path("binary"));
        symlink(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sweeper-only"), &sweeper_only).expect("the folder is ours");
        symlink(program(), binary).expect("the folder is ours");
        measure(&sweeper_only, means).expect_err("the other side has ended");
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
checks::within_a_minute! {
#[test]
fn a_message_queue_has_no_long_messages() {
    assert_eq!(lengths(Means::MessageQueue), [true, true, false]);
}
}
