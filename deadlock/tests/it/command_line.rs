//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use std::process::{Command, Output, Stdio};

fn deadlock(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_deadlock"), arguments)
}

fn refused(arguments: &[&str], wanted: &str) {
    checks::refused(&deadlock(arguments), wanted);
}

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&["lock-oder"], "lock-order");
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_the_ones_that_do() {
    refused(&["philosophers", "--philosophers", "1"], "2..=1000");
    refused(&["philosophers", "--philosophers", "1000000"], "2..=1000");
    refused(&["philosophers", "--philosophers", "-3"], "--philosophers");
    refused(&["philosophers", "--meals", "0"], "1..=1000");
    refused(&["lock-order", "--width", "3"], "40..=160");
    refused(&["lock-order", "--explore", "--schedules", "0"], "1..=10000000");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(
        &["lock-order", "--variant", "wishful"],
        "opposite, ordered, try-back-off, both-at-once",
    );
    refused(&["--variant", "ordered"], "name the lesson first");
}

#[test]
fn a_trace_that_cannot_be_written_is_refused_before_anything_runs() {
    refused(&["lock-order", "--trace", "/no/such/folder/trace.json"], "/no/such/folder/trace.json");
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    refused(&["lock-order", "--seed", "3"], "--explore");
    refused(&["lock-order", "--explore", "--trace", "trace.json"], "--trace");
}

#[test]
fn a_value_that_is_a_lessons_name_chooses_no_lesson() {
    refused(&["lock-order", "--variant", "self-lock"], "lock-order has no form");
    refused(&["--variant", "self-lock", "lock-order"], "lock-order has no form");
}

#[test]
fn a_schedule_that_is_none_is_refused() {
    refused(&["lock-order", "--schedule", "0011"], "name it with --variant");
    refused(&["async-guard", "--explore"], "no model");
    refused(
        &["lock-order", "--variant", "opposite", "--schedule", "000112210"],
        "not one of this form",
    );
    for schedule in ["0!1", "00999", "0"] {
        refused(&["lock-order", "--variant", "opposite", "--schedule", schedule], "schedule");
    }
}

#[test]
fn a_schedule_that_was_printed_runs_again() {
    let output = deadlock(&["lock-order", "--variant", "opposite", "--schedule", "00011221"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("nobody can move"), "{said}");
}

#[test]
fn help_says_what_a_lesson_shows_and_its_limits() {
    let output = deadlock(&["philosophers", "--help"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    for wanted in ["left fork", "--philosophers", "[default: 5]", "2 to 1000"] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn a_pipe_gets_no_colour_unless_it_asks_for_it() {
    let plain = deadlock(&["self-lock"]).stdout;
    assert!(!plain.contains(&0x1b));
    let coloured = deadlock(&["self-lock", "--color", "always"]).stdout;
    assert!(coloured.contains(&0x1b));
}

#[test]
fn every_line_fits_the_width() {
    for width in ["60", "80", "140"] {
        let output = deadlock(&["lock-order", "--width", width]);
        let said = checks::fits(&output, width);
        assert!(said.contains("waits for B, held by t2"), "{width}: {said}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run_quietly() {
    let mut tour = Command::new(env!("CARGO_BIN_EXE_deadlock"));
    let mut tour =
        tour.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary was built");
    drop(tour.stdout.take());
    let output = tour.wait_with_output().expect("it was started");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
