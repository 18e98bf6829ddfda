//! The command line: every lesson ends well, at any width; what is asked for wrongly gets one clear
//! line and exit code 2.

use std::process::Output;

fn singleton(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_singleton"), arguments)
}

fn refused(arguments: &[&str], wanted: &str) {
    checks::refused(&singleton(arguments), wanted);
}

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&["plian"], "plain");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(&["plain", "--variant", "wishful"], "two-at-once, two-in-turn, one-moved");
}

#[test]
fn a_number_of_threads_that_makes_no_sense_is_refused_with_the_limits() {
    for threads in ["0", "1", "101", "-1", "many", "99999999999999999999"] {
        refused(&["naive", "--threads", threads], "--threads");
    }
    refused(&["naive", "--threads", "1"], "2..=100");
}

#[test]
fn as_many_are_built_as_threads_were_asked_for() {
    let output = singleton(&["naive", "--threads", "7"]);
    let said = checks::fits(&output, "80");
    assert!(said.contains("7 threads, 7 built"), "{said}");
}

#[test]
fn every_line_of_the_tour_fits_the_width() {
    for width in ["60", "80", "140"] {
        let output = singleton(&["--width", width]);
        let said = checks::fits(&output, width);
        assert!(said.contains("config 2 │ ") && said.contains("built  2"), "{width}: {said}");
        assert!(!said.contains("not as promised"), "{width}: {said}");
    }
}

#[test]
fn every_schedule_of_the_tour_comes_out_as_promised() {
    let output = singleton(&["--explore", "--width", "80"]);
    let said = checks::fits(&output, "80");
    assert!(said.contains("343 use two") && said.contains("more than 4000 schedules"), "{said}");
}

#[test]
fn what_cannot_be_modelled_is_refused() {
    refused(&["once-lock", "--explore"], "no model");
}
