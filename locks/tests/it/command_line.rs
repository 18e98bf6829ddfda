//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use std::process::Output;

fn locks(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_locks"), arguments)
}

fn refused(arguments: &[&str], wanted: &str) {
    checks::refused(&locks(arguments), wanted);
}

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&["spinn"], "spin");
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_the_ones_that_do() {
    refused(&["spin", "--increments", "0"], "1..=10000000");
    refused(&["spin", "--increments", "10000001"], "1..=10000000");
    refused(&["spin", "--increments", "-1"], "1..=10000000");
    refused(&["ticket", "--waiters", "0"], "1..=64");
    refused(&["mcs", "--waiters", "65"], "1..=64");
    refused(&["futex", "--increments", "-1"], "1..=10000000");
    refused(&["reentrant", "--times", "1001"], "1..=1000");
    refused(&["nested", "--depth", "0"], "1..=1000");
    refused(&["nested", "--depth", "1001"], "1..=1000");
    refused(&["rwlock", "--turns", "0"], "1..=1000");
    refused(&["condvar", "--items", "1000001"], "1..=1000000");
    refused(&["barrier", "--rounds", "many"], "--rounds");
    refused(&["barrier", "--rounds", "-1"], "1..=100000");
    refused(&["peterson", "--rounds", "-5"], "1..=10000000");
    refused(&["fairness", "--time", "0"], "1..=10000");
    refused(&["priority-inversion", "--medium", "201"], "1..=200");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(&["spin", "--variant", "wishful"], "two-steps, one-step");
}

const LESSONS: [&str; 18] = [
    "spin",
    "ticket",
    "mcs",
    "futex",
    "reentrant",
    "mutex",
    "nested",
    "rwlock",
    "sharded-rwlock",
    "condvar",
    "semaphore",
    "barrier",
    "event",
    "latch",
    "peterson",
    "fairness",
    "convoy",
    "priority-inversion",
];

#[test]
fn the_tour_shows_every_lesson() {
    let output = locks(&[]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for lesson in LESSONS {
        assert!(said.contains(&format!("{lesson} · ")), "{said}");
    }
}

#[test]
fn every_line_fits_the_width() {
    for width in ["60", "80"] {
        for lesson in LESSONS {
            let said = checks::fits(&locks(&[lesson, "--width", width]), width);
            let lines = said.lines().count();
            assert!(
                width == "60" || lines <= 24,
                "{lesson} takes {lines} lines, more than a screen has:\n{said}"
            );
        }
        for lesson in ["spin", "ticket", "mcs", "futex", "reentrant"] {
            let output = locks(&[lesson, "--explore", "--schedules", "500", "--width", width]);
            checks::fits(&output, width);
        }
    }
}
