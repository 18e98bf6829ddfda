//! Whatever the end of a pool, none of its workers is left behind.

use std::io::{PipeReader, Read, pipe};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use process_pool::{Pool, Task, worker};

use crate::{program, script};

/// Reads a standard error that several processes have: it ends when the last of them has ended.
fn to_the_end_of_all(mut err: impl Read + Send + 'static) -> String {
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        let mut said = String::new();
        sender.send(err.read_to_string(&mut said).map(|_| said))
    });
    let said = ended.recv_timeout(Duration::from_secs(60)).expect("all have ended within a minute");
    said.expect("it can be read")
}

/// Makes a pool of four real workers, each of which first writes its pid to its standard error.
fn that_tell_their_pids(then: &str) -> (Pool, PipeReader) {
    let (err, theirs) = pipe().expect("there is room for a pipe");
    let mut command = script(&format!("echo $$ >&2; {then}"));
    command.stderr(theirs);
    (Pool::new(command, 4).expect("there is a shell"), err)
}

fn are_reaped(pids: &str) {
    assert_eq!(pids.lines().count(), 4, "{pids}");
    for pid in pids.lines() {
        assert!(!Path::new("/proc").join(pid).exists(), "{pid} is not even a zombie");
    }
}

#[test]
fn all_workers_are_ended_and_reaped_when_the_pool_is_dropped() {
    let (pool, err) = that_tell_their_pids(r#"exec "$0""#);
    let handles = [100; 8].map(|limit| pool.submit(Task::PrimesBelow(limit)));
    assert!(handles.into_iter().all(|handle| handle.wait().is_ok()));
    drop(pool);
    are_reaped(&to_the_end_of_all(err));
}

#[test]
fn workers_that_do_not_heed_the_end_of_their_input_are_killed_and_reaped() {
    let (pool, err) = that_tell_their_pids("exec sleep 60");
    drop(pool);
    are_reaped(&to_the_end_of_all(err));
}

#[test]
fn a_lesson_that_is_killed_takes_its_workers_with_it() {
    for _ in 0..10 {
        let mut command = Command::new(program());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut lesson = command.spawn().expect("the binary was built");
        let (out, err) = (lesson.stdout.take(), lesson.stderr.take().expect("it is piped"));
        // Its heading is out: its workers come, or are there.
        out.expect("it is piped").read_exact(&mut [0]).expect("it says something");
        lesson.kill().expect("it is ours");
        lesson.wait().expect("it was started");
        to_the_end_of_all(err);
    }
}

#[test]
fn a_worker_ends_well_when_its_input_ends() {
    let status = worker::command(program()).stdin(Stdio::null()).status().expect("the binary was built");
    assert_eq!(status.code(), Some(0));
}
