//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use std::process::{Command, Stdio};

use checks::refused;

use process_sharing::role::ROLE;

use crate::program;

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    let output = Command::new(program()).arg("not-share").output().expect("the binary was built");
    refused(&output, "not-shared");
}

#[test]
fn a_role_that_does_not_exist_is_refused_with_the_one_that_does() {
    for role in [
        "",
        "change",
        "change:",
        "change:-1",
        "share:10",
        "echo:1",
        "echo:1:x",
        "add:3:somehow",
        "peer:nobody",
    ] {
        let output =
            Command::new(program()).env(ROLE, role).output().expect("the binary was built");
        refused(&output, "it takes change:VALUE, peer:PART");
    }
}

#[test]
fn every_line_fits_the_width() {
    for width in ["60", "80"] {
        let output = Command::new(program()).args(["not-shared", "--width", width]).output();
        let output = output.expect("the binary was built");
        checks::fits(&output, width);
    }
}

#[test]
fn every_figure_of_the_means_has_a_size_and_a_unit() {
    let output = Command::new(program()).args(["ipc-compared", "--variant", "pipe"]).output();
    let said = checks::fits(&output.expect("the binary was built"), "80");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("measured round trip 64 B ") && said.contains(" MB/s"), "{said}");
}

#[test]
fn a_descriptor_that_is_handed_over_twice_gets_one_owner_and_the_role_is_refused() {
    let script = "exec 3</dev/null; exec \"$0\"";
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(program()).env(ROLE, "echo:3:3");
    // A child ends when its input does.
    let mut child =
        command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("there is a shell");
    let input = child.stdin.take();
    let output = child.wait_with_output().expect("it was started");
    drop(input);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("descriptor 3 was not handed over, or twice"), "{said}");
}
