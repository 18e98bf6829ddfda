//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use std::process::Output;

fn coroutines(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_coroutines"), arguments)
}

fn refused(arguments: &[&str], wanted: &str) {
    checks::refused(&coroutines(arguments), wanted);
}

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&["generater"], "generator");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(&["generator", "--variant", "wishful"], "state-machine, async-fn, stackful");
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_the_ones_that_do() {
    refused(&["channels", "--messages", "7"], "8..=1000");
    refused(&["channels", "--room", "0"], "1..=100");
    refused(&["semaphore", "--jobs", "-1"], "2..=1000");
    refused(&["semaphore", "--permits", "0"], "1..=1000");
    for connections in ["0", "-1", "many", "10000000"] {
        refused(&["echo", "--connections", connections], "for which there are descriptors");
    }
    refused(&["echo", "--messages", "0"], "1..=1000");
}

#[test]
fn what_a_variant_says_follows_from_what_came_out() {
    let says = |arguments: &[&str], wanted: &str| {
        let output = coroutines(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(wanted), "no {wanted:?} in: {said}");
    };
    says(&["channels", "--variant", "bounded"], "the producer waited for room 20 times");
    says(&["channels", "--variant", "bounded", "--room", "100"], "the producer never had to wait");
    says(
        &["semaphore", "--variant", "limited"],
        "holds 9 jobs, 3 permits: at most 3 requests at once",
    );
    says(
        &["semaphore", "--variant", "limited", "--permits", "9"],
        "measured 9 jobs, 9 permits: no job had to wait",
    );
}

#[test]
fn each_form_draws_the_producer_and_the_consumer_as_two_lanes() {
    for form in ["state-machine", "async-fn", "stackful"] {
        let output = coroutines(&["generator", "--variant", form]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{said}");
        let lanes: Vec<_> = said.lines().filter_map(|line| line.split_once(" │")).collect();
        let names: Vec<_> = lanes.iter().map(|(name, _)| name.trim()).collect();
        assert_eq!(names, ["consumer", "producer"], "{said}");
    }
}

#[test]
fn every_line_fits_the_width() {
    for width in ["60", "80"] {
        for lesson in ["generator", "channels", "cancel", "echo"] {
            let output = coroutines(&[lesson, "--width", width]);
            checks::fits(&output, width);
        }
    }
}

#[test]
fn every_line_of_the_list_fits_a_narrow_screen() {
    for width in ["40", "80"] {
        checks::fits(&coroutines(&["--list", "--width", width]), width);
    }
}
