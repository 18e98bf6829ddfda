//! The command line: what is asked for wrongly gets one clear line and exit code 2.

use std::process::Command;

use checks::refused;

use processes::role::ROLE;

use crate::program;

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    let output =
        Command::new(program()).arg("spawn-and-wit").output().expect("the binary was built");
    refused(&output, "spawn-and-wait");
}

#[test]
fn a_role_that_does_not_exist_is_refused_with_those_that_do() {
    for role in ["", "sing", "wait:3", "exit", "exit:", "exit:three", "speak:-1"] {
        let output =
            Command::new(program()).env(ROLE, role).output().expect("the binary was built");
        refused(&output, "exit:CODE, wait, speak:LINES, converse:LINES");
        refused(&output, "or a part in a lesson: house, ");
    }
}

#[test]
fn every_lesson_shows_what_it_promises_in_a_narrow_window_too() {
    // Without fork-server, cpus and limits, which take their time.
    let lessons = "spawn-and-wait daemon names threads worker fork spawn fork-with-threads copy-on-write \
                   inherited-files zombie orphan signals isolation pipeline";
    for lesson in lessons.split_whitespace() {
        for width in ["60", "80"] {
            let output = Command::new(program()).args([lesson, "--width", width]).output();
            let said = checks::fits(&output.expect("the binary was built"), width);
            assert!(said.starts_with(lesson), "{said}");
        }
    }
}
