//! `a | b` by hand.

use std::process::Command;
use std::time::Duration;

use processes::pipeline::{Piped, closed, reader_gone};
use processes::spawn_and_wait::Ended;
use stage::{End, watch};

use crate::program;

const WELL: Ended = Ended::Exited(0);

/// Plays a form that never ends in a child, as the binary does, and returns who waited for whom.
fn knot(form: &str) -> String {
    let mut command = Command::new(program());
    let seen = watch(command.arg("pipeline"), form, Duration::from_secs(60))
        .expect("the binary was built");
    match seen.end {
        End::Deadlocked(knot) => knot.to_string(),
        other => panic!("it did not deadlock: {other:?}; {}", seen.complaint),
    }
}

#[test]
fn a_starter_that_keeps_the_writing_end_waits_for_a_reader_that_waits_for_it() {
    assert_eq!(knot("kept-open"), "b → end of input → sh → b's end → b");
}

#[test]
fn a_starter_that_keeps_the_reading_end_waits_for_a_writer_that_waits_for_it() {
    assert_eq!(knot("reader-kept"), "a → room in the pipe → sh → a's end → a");
}

#[test]
fn a_reader_reads_up_to_the_end_when_nobody_keeps_the_writing_end() {
    for lines in [0, 3] {
        let piped = closed(program(), lines).expect("both end");
        assert_eq!(piped, Piped { said: format!("{lines} lines"), ended: [WELL; 2] });
    }
}

#[test]
fn more_than_a_pipe_holds_goes_through_it_since_both_run_at_once() {
    // 1.2 MB, where a pipe holds 64 KiB.
    let piped = closed(program(), 100_000).expect("both end");
    assert_eq!(piped, Piped { said: "100000 lines".into(), ended: [WELL; 2] });
}

#[test]
fn a_writer_whose_reader_is_gone_fails_at_its_next_write() {
    let piped = reader_gone(program()).expect("both end");
    assert_eq!(piped, Piped { said: "line 1".into(), ended: [Ended::Exited(1), WELL] });
}
