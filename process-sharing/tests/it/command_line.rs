//! The command line: a wrong request gets one clear line and exit code 2, a child's wrong arguments
//! an error and exit code 1; and what is hung is found from outside.

use std::process::{Command, Stdio};
use std::time::Duration;

use stage::{End, watch};

use crate::program;

#[test]
fn a_lesson_or_child_that_does_not_exist_is_refused_with_those_that_do() {
    for (arguments, right) in [
        (&["not-share"][..], "not-shared"),
        (&["--child-entry", "nobody"], "sweeper, not-shared, value"),
        (&["--child-entry"], "sweeper, not-shared, value"),
    ] {
        let output = Command::new(program()).args(arguments).output();
        checks::refused(&output.expect("the binary was built"), right);
    }
}

#[test]
fn a_childs_wrong_arguments_are_an_error() {
    for (arguments, why) in [
        (&["not-shared"][..], "takes 1 arguments"),
        (&["not-shared", "-1"], "\"-1\" is no number"),
        (&["array", "0", "shared", "1", "2", "3", "4"], "there is no descriptor 0"),
        (&["owner-died", "99", "robust"], "there is no descriptor 99"),
        (&["value", "x", "atomics", "shared"], "\"x\" is no number"),
        // A descriptor that is handed over twice gets one owner.
        (&["ring", "3", "3", "echo"], "descriptor 3 was not handed over, or twice"),
    ] {
        let mut command = Command::new("sh");
        command.args(["-c", "exec 3</dev/null; exec \"$0\" --child-entry \"$@\""]).arg(program());
        // A child exits when its input ends.
        command.args(arguments).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("there is a shell");
        let input = child.stdin.take();
        let output = child.wait_with_output().expect("it was started");
        drop(input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(why) || arguments[0] == "ring", "{arguments:?}: {said}");
    }
}

#[test]
fn every_line_fits_the_width_and_every_figure_has_a_size_and_a_unit() {
    for width in ["60", "80"] {
        let output = Command::new(program()).args(["not-shared", "--width", width]).output();
        checks::fits(&output.expect("the binary was built"), width);
    }
    let output = Command::new(program()).args(["ipc-compared", "--variant", "pipe"]).output();
    let said = checks::fits(&output.expect("the binary was built"), "80");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("measured round trip 64 B ") && said.contains(" MB/s"), "{said}");
}

#[test]
fn what_hangs_is_found_from_outside_with_its_cycle() {
    for (lesson, variant, cycle) in [
        ("queue", "join-first", "child → room → parent → the child's exit → child"),
        ("pipe", "both-send", "child → room to send → parent → room to send back → child"),
        ("pipe", "end-kept", "parent → the child's end → parent"),
        ("fifo", "no-reader", "parent → the writer's exit → writer → the parent to read → parent"),
    ] {
        let mut command = Command::new(program());
        let seen = watch(command.arg(lesson), variant, Duration::from_secs(30));
        match seen.expect("the binary was built").end {
            End::Deadlocked(found) => assert_eq!(found.to_string(), cycle),
            end => panic!("{variant} ended otherwise: {end:?}"),
        }
    }
}
