//! What is shown as broken breaks: it hangs, is found hanging from outside, and ended.

use std::time::Duration;

use stage::{End, watch};

use crate::program;

/// Runs a form in the child that a lesson is watched in; returns the circle that it was found in.
fn circle(lesson: &str, form: &str) -> String {
    let mut command = std::process::Command::new(program());
    let seen =
        watch(command.arg(lesson), form, Duration::from_secs(30)).expect("the binary was built");
    match seen.end {
        End::Deadlocked(knot) => knot.to_string(),
        end => panic!("{form} ended otherwise: {end:?}"),
    }
}

#[test]
fn who_waits_for_the_childs_end_before_receiving_waits_for_ever() {
    assert_eq!(circle("queue", "join-first"), "child → room → parent → the child's end → child");
}

#[test]
fn two_that_both_send_before_either_receives_wait_for_each_other() {
    assert_eq!(
        circle("pipe", "both-send"),
        "child → room to send → parent → room to send back → child"
    );
}

#[test]
fn who_keeps_a_copy_of_the_others_end_waits_for_itself() {
    assert_eq!(circle("pipe", "end-kept"), "parent → the child's end → parent");
}

#[test]
fn who_opens_a_fifo_to_write_waits_for_a_reader() {
    assert_eq!(
        circle("fifo", "no-reader"),
        "parent → the writer's end → writer → a reader → parent"
    );
}
