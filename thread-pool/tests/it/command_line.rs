//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use std::process::Output;

fn thread_pool(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_thread-pool"), arguments)
}

fn refused(arguments: &[&str], wanted: &str) {
    checks::refused(&thread_pool(arguments), wanted);
}

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&["unbound"], "unbounded");
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_the_ones_that_do() {
    refused(&["unbounded", "--tasks", "0"], "1..=10000");
    refused(&["unbounded", "--tasks", "10001"], "1..=10000");
    refused(&["unbounded", "--tasks", "-1"], "1..=10000");
    refused(&["unbounded", "--tasks", "many"], "many");
    refused(&["back-pressure", "--bound", "0"], "1..=100");
    refused(&["back-pressure", "--bound", "101"], "1..=100");
    refused(&["back-pressure", "--bound", "-1"], "1..=100");
    refused(&["nested", "--workers", "0"], "1..=64");
    refused(&["nested", "--workers", "65"], "1..=64");
    refused(&["stealing", "--tasks", "1"], "2..=10000");
    refused(&["stealing", "--workers", "17"], "2..=16");
    refused(&["sizing", "--workers", "0"], "1..=256");
    refused(&["sizing", "--workers", "257"], "1..=256");
    refused(&["sizing", "--workers", "-1"], "1..=256");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(&["unbounded", "--variant", "wishful"], "per-task, pool");
}

#[test]
fn any_number_of_tasks_within_the_limits_shows_the_same() {
    for tasks in ["1", "7", "500"] {
        let output = thread_pool(&["unbounded", "--tasks", tasks]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{said}");
        let wanted = format!("threads alive at once: {tasks}, one for each task");
        assert!(said.contains(&wanted), "{said}");
    }
}

#[test]
fn what_a_lesson_says_follows_from_what_came_out() {
    let said = |arguments: &[&str]| checks::fits(&thread_pool(arguments), "80");
    let two = said(&["stealing", "--tasks", "2", "--workers", "2"]);
    assert_eq!(two.matches("no task waited behind the long one").count(), 2, "{two}");
    assert!(two.contains("1 was stolen"), "{two}");
    let forty = said(&["stealing"]);
    assert!(forty.contains("9 tasks waited behind the long one"), "{forty}");
    // A curve promises nothing: it is measured.
    let one = said(&["sizing", "--workers", "1"]);
    assert_eq!(one.matches("  measured  ").count(), 3, "{one}");
    assert_eq!(one.matches("quickest with 1 worker\n").count(), 3, "{one}");
}

#[test]
fn every_figure_of_back_pressure_has_a_unit() {
    let said = checks::fits(&thread_pool(&["back-pressure"]), "80");
    for wanted in ["998 tasks", "MiB at most", " tasks = ", " a second × "] {
        assert!(said.contains(wanted), "no {wanted:?} in: {said}");
    }
}

#[test]
fn every_line_fits_the_width() {
    for width in ["60", "80"] {
        let output = thread_pool(&["unbounded", "--tasks", "500", "--width", width]);
        checks::fits(&output, width);
    }
}

#[test]
fn every_line_of_the_other_lessons_fits_the_width() {
    for lesson in [
        "submit",
        "shutdown",
        "callback",
        "results",
        "panic",
        "cancel",
        "back-pressure",
        "nested",
        "stealing",
        "sizing",
    ] {
        for width in ["60", "80", "140"] {
            checks::fits(&thread_pool(&[lesson, "--width", width]), width);
        }
    }
}
