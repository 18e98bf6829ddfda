//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use checks::{refused, run};

const BINARY: &str = env!("CARGO_BIN_EXE_process-pool");

const LESSONS: [&str; 13] = [
    "submit",
    "shutdown",
    "callback",
    "lock",
    "map",
    "as-completed",
    "chunk",
    "initializer",
    "retire",
    "crash",
    "poison",
    "timeout",
    "versus-threads",
];

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&run(BINARY, &["submitt"]), "submit");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(&run(BINARY, &["crash", "--variant", "wishful"]), "naive, python, reported, run-again");
}

#[test]
fn a_worker_without_its_pool_says_so() {
    refused(&run(BINARY, &["process-pool-worker"]), "its standard input is the way to that pool");
    refused(&run(BINARY, &["process-pool-naive-worker"]), "it takes a port");
}

#[test]
fn a_child_of_no_known_role_says_which_there_are() {
    let mut child = std::process::Command::new(BINARY);
    let output =
        child.env(process_pool::role::ROLE, "wishful").output().expect("the binary was built");
    refused(&output, "left, stays, threads");
}

#[test]
fn a_topic_without_a_model_says_that_it_has_none() {
    let output = std::process::Command::new(BINARY).args(["crash", "--explore"]).output();
    refused(&output.expect("the binary was built"), "--explore works with no lesson of this topic");
}

#[test]
fn every_line_of_every_lesson_fits_the_width() {
    for lesson in LESSONS {
        for width in ["60", "80"] {
            checks::fits(&run(BINARY, &[lesson, "--width", width]), width);
        }
    }
}
