//! The command line: the lesson ends well, at any width; what is asked for wrongly gets one clear
//! line and exit code 2.

use std::process::Output;

fn threads_basics(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_threads-basics"), arguments)
}

fn refused(arguments: &[&str], wanted: &str) {
    checks::refused(&threads_basics(arguments), wanted);
}

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&["spwan"], "spawn");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(&["spawn", "--variant", "wishful"], "started, called");
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_the_ones_that_do() {
    for threads in ["0", "1", "101", "1000000"] {
        refused(&["names", "--threads", threads], "2..=100");
    }
    refused(&["names", "--threads", "-3"], "--threads");
    refused(&["names", "--threads", "ten"], "--threads");
}

#[test]
fn lessons_that_are_modelled_are_explored_and_others_say_that_they_are_not() {
    let output = threads_basics(&["worker", "--explore"]);
    let said = checks::fits(&output, "80");
    assert!(said.contains("2 deadlock"), "{said}");
    refused(&["scope", "--explore"], "no model");
}

#[test]
fn as_many_threads_are_named_as_are_asked_for() {
    let output = threads_basics(&["names", "--variant", "named", "--threads", "100"]);
    let said = checks::fits(&output, "80");
    assert!(said.contains("99-checkout-worker") && said.contains("100 ids"), "{said}");
}

fn the_tour_fits(width: &str) {
    let said = checks::fits(&threads_basics(&["--width", width]), width);
    for wanted in
        ["starter │ ", "t3 │ ", "Ada owes 59", "never came", "local 0", "one at a time", "best"]
    {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(said.contains("12 of 12 lessons showed what they promise"), "{said}");
}

#[test]
fn the_tour_keeps_every_promise_and_every_line_fits_the_width() {
    the_tour_fits("80");
}

#[test]
fn a_narrow_tour_fits_too() {
    the_tour_fits("60");
}

#[test]
fn a_wide_tour_fits_too() {
    the_tour_fits("140");
}

#[test]
fn a_number_out_of_range_is_refused_with_the_range() {
    for interval in ["0", "51", "-1", "5.5"] {
        refused(
            &["gil", "--interval", interval],
            if interval == "5.5" { "it is no whole number" } else { "1..=50" },
        );
    }
    for starts in ["0", "1001", "-1"] {
        refused(&["versus-process", "--starts", starts], "1..=1000");
    }
    for threads in ["0", "513", "-1"] {
        refused(&["oversubscription", "--threads", threads], "1..=512");
    }
}

#[test]
fn the_limits_of_the_options_are_within_them() {
    for arguments in [
        ["gil", "--variant", "cpu-bound", "--interval", "1"],
        ["gil", "--variant", "cpu-bound", "--interval", "50"],
        ["versus-process", "--variant", "cost", "--starts", "1"],
        ["versus-process", "--variant", "cost", "--starts", "1000"],
        ["oversubscription", "--variant", "cpu-bound", "--threads", "1"],
        ["oversubscription", "--variant", "cpu-bound", "--threads", "512"],
    ] {
        let output = threads_basics(&arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
