//! The same change, made by a thread and by a process; and that no child outlives its deadline.

use std::io::ErrorKind;
use std::process::Command;
use std::time::Duration;

use threads_basics::child;
use threads_basics::role::{ROLE, started};
use threads_basics::versus_process::{View, Views, by_process, by_thread, cost};

use crate::program;

#[test]
fn a_thread_changes_what_its_starter_sees_but_for_what_is_thread_local() {
    let process = std::process::id();
    let inside = View { process, in_static: 1, list: vec![20, 30, 10, 5], local: 1 };
    let starter = View { local: 0, ..inside.clone() };
    assert_eq!(by_thread(), Views { inside, starter });
}

#[test]
fn a_process_changes_what_it_sees_itself_and_nothing_of_its_parent() {
    let Views { inside, starter } = by_process(program()).expect("the child ends well");
    assert_ne!(inside.process, starter.process);
    assert_eq!((inside.in_static, inside.list, inside.local), (1, vec![20, 30, 10, 5], 1));
    let process = std::process::id();
    assert_eq!(starter, View { process, in_static: 0, list: vec![20, 30, 10], local: 0 });
}

#[test]
fn both_can_be_started_any_number_of_times() {
    let cost = cost(program(), 5).expect("the children end well");
    assert!(!cost.thread.is_zero() && !cost.process.is_zero());
}

#[test]
fn a_list_that_is_none_is_a_failure_of_the_child_that_its_starter_learns_of() {
    let error = started(program(), "change:20,many").expect_err("it is no number");
    assert!(error.to_string().contains("exit status: 1"), "{error}");
}

#[test]
fn a_role_that_does_not_exist_is_refused_in_one_line() {
    let output = child::run(Command::new(program()).env(ROLE, "king"), Duration::from_secs(60));
    checks::refused(
        &output.expect("it ends"),
        "nothing, overflow, change, detached, joined, stop-flag",
    );
}

#[test]
fn a_program_that_does_not_exist_is_an_error() {
    let error = by_process("/nowhere/at/all".as_ref()).expect_err("it cannot be started");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_that_takes_too_long_is_killed_and_reaped() {
    let error = child::run(Command::new("sleep").arg("50"), Duration::from_millis(50));
    assert_eq!(error.expect_err("it does not end").kind(), ErrorKind::TimedOut);
    // Number, name, state, parent: a child that is killed but not reaped would be there still.
    let is_ours = |entry: &std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        stat.contains("(sleep)") && parent == Some(std::process::id())
    };
    let processes = std::fs::read_dir("/proc").expect("this is Linux").flatten();
    assert_eq!(processes.filter(is_ours).count(), 0);
}
