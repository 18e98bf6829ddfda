//! What the owner of a child process promises.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use kit::child::{ChildGuard, DEADLINE, LineReader};

/// Starts a shell that writes "ready" and reads its input to the end.
fn shell(deadline: Duration) -> ChildGuard {
    let mut command = Command::new("sh");
    let command = command.args(["-c", "echo ready; cat"]);
    ChildGuard::start(command, deadline).expect("there is a shell")
}

#[test]
fn a_child_whose_guard_is_dropped_is_killed_and_reaped() {
    let mut command = Command::new("sleep");
    let mut child = ChildGuard::start(command.arg("3600"), DEADLINE).expect("there is a sleep");
    let (out, err, pid) = (child.stdout(), child.stderr(), child.id());
    drop(child);
    // Only the child had the other ends.
    assert_eq!(
        (out.recv_line().expect("it is gone"), err.recv_line().expect("it is gone")),
        (None, None)
    );
    assert!(!Path::new(&format!("/proc/{pid}")).exists(), "it is not even a zombie");
}

#[test]
fn every_wait_for_a_child_ends_at_its_deadline() {
    let mut child = shell(Duration::ZERO);
    let timed_out = |error: io::Error| assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    timed_out(child.stderr().recv_line().expect_err("it writes nothing there"));
    timed_out(child.wait().expect_err("it does not end"));
    assert_eq!(child.wait_timeout(Duration::ZERO).expect("it is ours"), None);
    let mut sleeper = Command::new("sleep");
    let mut sleeper = ChildGuard::start(sleeper.arg("3600"), Duration::from_millis(200))
        .expect("there is a sleep");
    timed_out(sleeper.send_line(&"x".repeat(1 << 20)).expect_err("a pipe has less room"));
}

#[test]
fn time_without_an_end_is_no_limit_and_no_overflow() {
    let mut child = shell(Duration::MAX);
    assert_eq!(child.stdout().recv_line().expect("it writes at once").as_deref(), Some("ready"));
    child.close_stdin();
    let ended = child.wait_timeout(Duration::MAX).expect("it is ours");
    assert!(ended.is_some_and(|status| status.success()));
}

#[test]
fn a_child_that_fails_is_an_error_with_its_last_word() {
    let mut command = Command::new("sh");
    let mut child = ChildGuard::start(command.args(["-c", "echo why >&2; exit 3"]), DEADLINE)
        .expect("there is a shell");
    let out = child.stdout();
    let error = child.recv_line(&out).expect_err("it writes no line");
    assert!(error.to_string().ends_with("why"), "{error}");
}

#[test]
fn a_guard_can_be_sent_to_another_thread_and_shown() {
    fn sent<T: Send>() {}
    fn shared<T: Sync>() {}
    sent::<(ChildGuard, LineReader)>();
    shared::<ChildGuard>();
    let mut shown = Vec::new();
    write!(shown, "{:?}", shell(DEADLINE)).expect("there is room");
    assert!(shown.starts_with(b"ChildGuard"));
}
