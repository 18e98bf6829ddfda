//! The command line: the lesson ends well, at any width; what is asked for wrongly gets one clear line and exit code 2.

use std::process::Output;

fn singleton(arguments: &[&str]) -> Output {
    stage::testing::run(env!("CARGO_BIN_EXE_singleton"), arguments)
}

fn refused(arguments: &[&str], wanted: &str) {
    stage::testing::refused(&singleton(arguments), wanted);
}

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&["plian"], "plain");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(&["plain", "--form", "wishful"], "two-at-once, two-in-turn, one-moved");
}

#[test]
fn every_line_fits_the_width() {
    for width in ["60", "80", "140"] {
        let output = singleton(&["plain", "--width", width]);
        let said = stage::testing::fits(&output, width);
        assert!(said.contains("config 2 │ ") && said.contains("built  2"), "{width}: {said}");
    }
}
