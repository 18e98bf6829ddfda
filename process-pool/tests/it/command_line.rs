//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use stage::testing::refused;
use std::io::Write;
use std::process::{Command, Stdio};

use process_pool::worker;

use crate::program;

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    let output = Command::new(program()).arg("submitt").output().expect("the binary was built");
    refused(&output, "submit");
}

#[test]
fn a_role_that_does_not_exist_is_refused_with_the_one_that_does() {
    let output = Command::new(program()).env(worker::ROLE, "boss").output().expect("the binary was built");
    refused(&output, "it takes worker");
}

#[test]
fn a_worker_refuses_what_is_no_task() {
    let mut command = worker::command(program());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary was built");
    let mut tasks = child.stdin.take().expect("it is piped");
    tasks.write_all(b"{\"Dance\":3}\n").expect("it reads");
    drop(tasks);
    refused(&child.wait_with_output().expect("it was started"), "Dance");
}

#[test]
fn every_line_fits_the_width() {
    for width in ["60", "80"] {
        let output = Command::new(program()).args(["submit", "--width", width]).output();
        let output = output.expect("the binary was built");
        stage::testing::fits(&output, width);
    }
}
