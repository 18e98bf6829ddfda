//! Whatever the end of a child, its parent gets an answer or an error, and nothing is left behind.

use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use process_sharing::child::{DEADLINE, ask};
use process_sharing::names::Names;
use process_sharing::part::Part;
use process_sharing::role::{ROLE, Role};

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

checks::within_a_minute! {
    #[test]
    fn a_deadline_without_an_end_is_none_and_one_of_zero_is_over_at_once() {
        for deadline in [Duration::MAX, Duration::from_secs(u64::MAX / 2)] {
            let report = ask(program(), Role::Change(10), deadline).expect("the child reports");
            assert!(!report.is_empty());
        }
        assert_eq!(kind("cat", Duration::ZERO), ErrorKind::TimedOut);
    }
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

#[test]
fn a_child_that_waits_for_something_else_ends_with_its_parent() {
    let names = Names::new(program()).expect("the sweeper starts");
    let path = names.path("fifo");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("the folder is ours");
    let mut child = Command::new(program());
    let child = child
        .env(ROLE, Role::Peer(Part::Fifo).to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = child.spawn().expect("the binary was built");
    // It opens the fifo, and nobody ever does so at the other side.
    let mut input = child.stdin.take().expect("it is piped");
    writeln!(input, "{}\nwrite hello", path.display()).expect("it listens");
    drop(input);
    let (sender, ended) = mpsc::channel();
    let mut out = child.stdout.take().expect("it is piped");
    thread::spawn(move || sender.send(out.read_to_end(&mut Vec::new())));
    let in_time = ended.recv_timeout(Duration::from_secs(60));
    let _ = child.kill();
    child.wait().expect("it was started");
    in_time.expect("it has ended within a minute").expect("its output ends");
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
    for (lesson, round) in
        LESSONS.into_iter().flat_map(|lesson| (0..3).map(move |round| (lesson, round)))
    {
        let mut command = Command::new(program());
        let command = command.arg(lesson).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut lesson = command.spawn().expect("the binary was built");
        let (out, err) = (lesson.stdout.take(), lesson.stderr.take());
        // Its heading is out, or some of its forms: its children come, are there, or have just
        // been.
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
