//! Whatever the end of a child, its parent gets an answer or an error, and nothing is left behind.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use process_sharing::child::{DEADLINE, ask};
use process_sharing::role::Role;

use crate::program;

fn kind(program: &str, deadline: Duration) -> ErrorKind {
    ask(Path::new(program), Role::Change(10), deadline).expect_err("it is no child of ours").kind()
}

#[test]
fn a_child_that_cannot_be_started_is_an_error() {
    assert_eq!(kind("/no/such/program", DEADLINE), ErrorKind::NotFound);
}

#[test]
fn a_child_that_fails_is_an_error() {
    assert_eq!(kind("false", DEADLINE), ErrorKind::Other);
}

#[test]
fn a_child_that_does_not_end_is_an_error_when_its_deadline_is_over() {
    // It reads its standard input to the end, which does not come.
    assert_eq!(kind("cat", Duration::from_millis(50)), ErrorKind::TimedOut);
    // Nor is it left behind, not even as a zombie: where there is a /proc, it would be seen there.
    let stats = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let left = stats.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    let ours = format!(" {} ", std::process::id());
    let ours: Vec<_> = left.filter(|stat| stat.contains("(cat)") && stat.contains(&ours)).collect();
    assert!(ours.is_empty(), "{ours:?}");
}

/// Every lesson that has children.
const LESSONS: [&str; 16] = [
    "not-shared",
    "value",
    "array",
    "manager",
    "queue",
    "pipe",
    "fifo",
    "message-queue",
    "socket",
    "semaphore",
    "signal",
    "ring",
    "process-lock",
    "owner-died",
    "file-lock",
    "ipc-compared",
];

#[test]
fn a_lesson_that_is_killed_takes_its_children_with_it() {
    for (lesson, round) in LESSONS.into_iter().flat_map(|lesson| (0..3).map(move |round| (lesson, round))) {
        let mut command = Command::new(program());
        let command = command.arg(lesson).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut lesson = command.spawn().expect("the binary was built");
        let (out, err) = (lesson.stdout.take(), lesson.stderr.take());
        // Its heading is out, or some of its forms: its children come, are there, or have just been.
        let out = out.expect("it is piped").take(1 + 250 * round).read_to_end(&mut Vec::new());
        assert_ne!(out.expect("it is piped"), 0, "it says something");
        lesson.kill().expect("it is ours");
        lesson.wait().expect("it was started");
        // Its children have the same standard error: the pipe ends when all are gone.
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(err.map(|mut err| err.read_to_end(&mut Vec::new()))));
        ended.recv_timeout(Duration::from_secs(60)).expect("all are gone within a minute");
    }
}
