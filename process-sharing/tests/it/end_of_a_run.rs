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

#[test]
fn a_lesson_that_is_killed_takes_its_child_with_it() {
    for _ in 0..10 {
        let mut command = Command::new(program());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut lesson = command.spawn().expect("the binary was built");
        let (out, err) = (lesson.stdout.take(), lesson.stderr.take());
        // Its heading is out: the child comes, is there, or has just been.
        out.expect("it is piped").read_exact(&mut [0]).expect("it says something");
        lesson.kill().expect("it is ours");
        lesson.wait().expect("it was started");
        // Its child has the same standard error: the pipe ends when both are gone.
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(err.map(|mut err| err.read_to_end(&mut Vec::new()))));
        ended.recv_timeout(Duration::from_secs(60)).expect("both are gone within a minute");
    }
}
