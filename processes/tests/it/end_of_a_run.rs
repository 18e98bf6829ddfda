//! Whatever the end of a run, nothing is left behind.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use processes::child::{DEADLINE, Guarded};
use processes::proc::{Process, look};
use processes::role::{ROLE, Role};

use crate::{eventually, program};

#[test]
fn a_child_whose_guard_is_dropped_is_killed_and_reaped() {
    let mut child = Guarded::start(program(), Role::Wait, DEADLINE).expect("the binary was built");
    let (out, err) = (child.out(), child.err());
    assert_eq!(out.line().expect("it says so at once").as_deref(), Some("ready"));
    let id = child.id();
    drop(child);
    // Nobody but the child had the other ends.
    assert_eq!((out.line().expect("it is gone"), err.line().expect("it is gone")), (None, None));
    assert!(!Path::new(&format!("/proc/{id}")).exists(), "it is not even a zombie");
}

#[test]
fn a_child_that_takes_longer_than_its_deadline_is_an_error_for_whoever_waits_or_reads() {
    let mut child =
        Guarded::start(program(), Role::Wait, Duration::ZERO).expect("the binary was built");
    let err = child.err();
    assert_eq!(err.line().expect_err("it says nothing").kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(child.wait().expect_err("it does not end").kind(), std::io::ErrorKind::TimedOut);
}

#[test]
fn a_child_in_any_role_ends_when_its_parents_ends_of_the_pipes_are_closed() {
    for role in ["wait", "speak:1000000", "converse:1000000"] {
        let mut command = Command::new(program());
        command.env(ROLE, role).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary was built");
        // It is in the middle of its role.
        let mut out = child.stdout.take().expect("it is piped");
        out.read_exact(&mut [0]).expect("it says something");
        drop((child.stdin.take(), out, child.stderr.take()));
        eventually(role, || child.try_wait().expect("it is ours").is_some());
    }
}

#[test]
fn nobody_outlives_the_lesson_that_started_them_whatever_they_do() {
    let roles = [
        ("house:parent:nothing", 2),
        ("house:parent:signal", 2),
        ("house:parent:pipe", 2),
        ("house:parent:wait", 2),
        ("house:slovenly-house:parent:nothing", 2),
        ("name:", 1),
        ("ten-threads", 1),
        ("stop:unprepared", 1),
        ("stop:in-order", 1),
        ("stop:deaf", 1),
    ];
    for (role, lines) in roles {
        let mut command = Command::new(program());
        command.env(ROLE, role).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary was built");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        // All of them are there.
        for _ in 0..lines {
            assert_ne!(
                out.read_line(&mut String::new()).expect("it is a pipe"),
                0,
                "{role} has ended"
            );
        }
        // As the kernel does when the lesson is killed. The pipe that they write to ends when the
        // last of them has.
        drop(child.stdin.take());
        let ended = thread::spawn(move || out.read_to_end(&mut Vec::new()).is_ok());
        eventually(role, || ended.is_finished());
        eventually(role, || child.try_wait().expect("it is ours").is_some());
    }
}

fn seen(id: u32) -> Option<Process> {
    look(id).ok().flatten()
}

/// Lists the processes whose parent is `parent`, zombies aside.
pub(crate) fn children_of(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|&id| seen(id).is_some_and(|seen| seen.parent == parent && seen.state != 'Z'))
        .collect()
}

/// Tells whether a process is gone, or a zombie.
pub(crate) fn has_ended(id: u32) -> bool {
    seen(id).is_none_or(|seen| seen.state == 'Z')
}

/// Starts a lesson until it is caught with a child, and returns both.
fn in_the_middle_of(lesson: &[&str]) -> (Child, Vec<u32>) {
    let mut caught = None;
    eventually("a lesson with a child", || {
        let mut command = Command::new(program());
        let command = command.args(lesson).stdout(Stdio::null());
        let mut running = command.spawn().expect("the binary was built");
        while running.try_wait().expect("it is ours").is_none() {
            let children = children_of(running.id());
            if !children.is_empty() {
                caught = Some((running, children));
                return true;
            }
        }
        false
    });
    caught.expect("or it had not ended")
}

#[test]
fn a_lesson_that_is_killed_takes_its_child_with_it() {
    dies_with_its_lesson(&["spawn-and-wait", "--variant", "wait-first"]);
}

/// Asserts that the child of a lesson, which is killed, ends with it.
pub(crate) fn dies_with_its_lesson(lesson: &[&str]) {
    if !cfg!(target_os = "linux") {
        // Without /proc there is nothing to look at from outside.
        return;
    }
    let (mut parent, children) = in_the_middle_of(lesson);
    parent.kill().expect("it is ours");
    parent.wait().expect("it was started");
    eventually("the child's end", || children.iter().all(|&child| has_ended(child)));
}
