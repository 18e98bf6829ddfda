//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use std::path::Path;

use checks::{refused, run};
use process_pool::crash::NAIVE_WORKER;

const BINARY: &str = env!("CARGO_BIN_EXE_process-pool");

#[test]
fn a_request_that_is_wrong_is_refused_with_what_would_be_right() {
    let requests: [(&[&str], &str); 4] = [
        (&["submitt"], "submit"),
        (&["crash", "--variant", "wishful"], "naive, python, reported, run-again"),
        (&["process-pool-worker"], "its standard input is the way to that pool"),
        (&["--child-entry", "wishful"], "naive-worker, leaves, stays, threads"),
    ];
    for (request, right) in requests {
        refused(&run(BINARY, request), right);
    }
}

#[test]
fn a_naive_worker_without_a_port_says_so() {
    let output = NAIVE_WORKER.command(Path::new(BINARY)).output().expect("the binary was built");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a naive worker takes a port"));
}

#[test]
fn every_schedule_of_a_model_keeps_its_promise_and_a_lesson_without_one_says_which_have() {
    for lesson in ["chunk", "shutdown"] {
        let screen = checks::fits(&run(BINARY, &[lesson, "--explore"]), "100");
        assert!(screen.contains("(right)") && screen.contains("that differ"), "{screen}");
    }
    refused(&run(BINARY, &["submit", "--explore"]), "shutdown, chunk, crash");
}

#[test]
fn a_model_tells_names_places_and_outcomes_as_a_reader_looks_for_them() {
    let shown =
        |arguments: &[&str]| String::from_utf8_lossy(&run(BINARY, arguments).stdout).into_owned();
    let played = shown(&["crash", "--play", "--schedule", "0"]);
    for wanted in ["  caller  ", "1  w1 acquires a lock  model/crash.rs:", "3  killer stores  "] {
        assert!(played.contains(wanted), "no {wanted:?} in: {played}");
    }
    let explored = shown(&["crash", "--explore", "--variant", "run-again"]);
    assert!(explored.contains("reported 0, runs 3: 2 ways"), "{explored}");
    assert!(!explored.contains('{'), "{explored}");
}
