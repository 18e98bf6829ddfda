//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use stage::testing::{refused, run};

const BINARY: &str = env!("CARGO_BIN_EXE_process-pool");

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&run(BINARY, &["submitt"]), "submit");
}

#[test]
fn a_worker_without_its_pool_says_so() {
    refused(&run(BINARY, &["process-pool-worker"]), "where its pool can be reached");
    refused(&run(BINARY, &["process-pool-worker", "/no/such/socket"]), "the pool is gone");
}

#[test]
fn every_line_fits_the_width() {
    for width in ["60", "80"] {
        stage::testing::fits(&run(BINARY, &["submit", "--width", width]), width);
    }
}
