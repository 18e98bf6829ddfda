//! However a child, a run or its means end, the parent gets an answer or an error, and nothing is left
//! behind.

use std::io::Read;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use process_sharing::fifo;
use process_sharing::ipc_compared::{MEANS, measure};
use process_sharing::names::Names;

use crate::program;

#[test]
fn a_child_that_is_blocked_exits_with_its_parent() {
    let names = Names::new(program()).expect("the sweeper starts");
    let path = names.path("fifo");
    nix::unistd::mkfifo(path.as_str(), nix::sys::stat::Mode::S_IRWXU).expect("the folder is ours");
    // It opens the FIFO, and no process ever opens the other side.
    let mut command = fifo::CHILD.command(program());
    let command = command.arg(&path).arg("write hello");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the binary was built");
    drop(child.stdin.take());
    let (sender, ended) = mpsc::channel();
    let mut out = child.stdout.take().expect("it is piped");
    thread::spawn(move || sender.send(out.read_to_end(&mut Vec::new())));
    let in_time = ended.recv_timeout(Duration::from_secs(60));
    let _ = child.kill();
    child.wait().expect("it was started");
    in_time.expect("it has exited within a minute").expect("its output ends");
}

checks::within_a_minute! {
    #[test]
    fn a_process_that_exits_too_early_is_not_waited_for_by_any_means() {
        for means in MEANS {
            let names = Names::new(program()).expect("the sweeper starts");
            let (sweeper_only, binary) = (names.path("sweeper-only"), names.path("binary"));
            let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sweeper-only");
            symlink(script, &sweeper_only).expect("the folder is ours");
            symlink(program(), binary).expect("the folder is ours");
            measure(sweeper_only.as_ref(), means).expect_err("the other side has exited");
        }
    }

    #[test]
    fn a_lesson_that_is_short_of_descriptors_comes_to_an_end_without_a_panic() {
        // The other means of `ipc-compared` have what they need before `ipc-channel` has.
        for (lesson, limits) in [
            ("manager", 12..=17),
            ("ipc-compared --variant ipc-channel", 12..=15),
            ("queue", 8..=10),
            ("fifo", 8..=10),
        ] {
            for limit in limits {
                let script = format!("ulimit -n {limit}; exec \"$0\" {lesson}");
                let output = Command::new("sh").args(["-c", &script]).arg(program()).output();
                let output = output.expect("there is a shell");
                let said = String::from_utf8_lossy(&output.stdout).into_owned()
                    + &String::from_utf8_lossy(&output.stderr);
                let ended = output.status;
                assert!(matches!(ended.code(), Some(0 | 1)), "{lesson} {limit}: {ended} {said}");
                assert!(!said.contains("panicked"), "{lesson} {limit}: {said}");
            }
        }
    }
}

/// Returns the names of all lessons.
fn lessons() -> Vec<String> {
    let list = Command::new(program()).arg("--list").output().expect("the binary was built");
    let list = String::from_utf8(list.stdout).expect("it is text");
    let heads = list.lines().filter(|line| !line.starts_with(' '));
    heads.filter_map(|head| Some(head.split_once(" · ")?.0.to_owned())).collect()
}

#[test]
fn a_lesson_that_is_killed_takes_its_children_with_it() {
    let lessons = lessons();
    assert!(lessons.len() > 10, "{lessons:?}");
    for (lesson, after) in lessons.iter().flat_map(|lesson| [1, 500].map(|after| (lesson, after))) {
        let mut command = Command::new(program());
        let command = command.arg(lesson).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut lesson = command.spawn().expect("the binary was built");
        let (out, err) = (lesson.stdout.take(), lesson.stderr.take());
        // Its heading is out, or some of its variants: its children come, are there, or have just
        // been.
        let out = out.expect("it is piped").take(after).read_to_end(&mut Vec::new());
        assert_ne!(out.expect("it is piped"), 0, "it prints something");
        lesson.kill().expect("it is ours");
        lesson.wait().expect("it was started");
        // Its children have the same standard error: the pipe ends when all are gone.
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(err.map(|mut err| err.read_to_end(&mut Vec::new()))));
        ended.recv_timeout(Duration::from_secs(60)).expect("all are gone within a minute");
    }
}
