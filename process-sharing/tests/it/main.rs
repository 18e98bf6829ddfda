//! Every claim of the topic `process-sharing`, as a test with a sentence for a name.

mod broken;
mod command_line;
mod compared;
mod end_of_a_run;
mod held;
mod interrupted;
mod memory;
mod messages;
mod named;
mod names;
mod not_shared;
mod orderings;
mod promises;
mod python;
mod python_memory;
mod readme;
mod ring;
mod robust;
mod schedules;
mod short_of;
#[cfg(target_os = "linux")]
mod untrusted;
mod whole;

use std::path::Path;

/// This topic's binary: what the lessons start as their child.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_process-sharing"))
}

/// Runs the test of this name once more, by itself in a process of its own, where it may spoil what
/// all tests share; tells whether this is that process. In the other one, there is nothing left to
/// do.
fn alone(test: &str) -> bool {
    const ALONE: &str = "PROCESS_SHARING_TEST_ALONE";
    if std::env::var_os(ALONE).is_some_and(|name| name == test) {
        return true;
    }
    let mut command =
        std::process::Command::new(std::env::current_exe().expect("this test runs out of it"));
    let output = command.args(["--exact", test, "--nocapture"]).env(ALONE, test).output();
    let output = output.expect("it has been started before");
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}{complaint}", output.status);
    assert!(said.contains("1 passed"), "no test is named {test}");
    false
}
