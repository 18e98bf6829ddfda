//! What the lessons' variants do not assert: how a lesson ends, and what it does where the system is
//! short of descriptors.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use kit::child::ChildGuard;
use process_pool::crash::{NAIVE_WORKER, Naive};
use process_pool::lesson_task::{LessonTask, Work};
use process_pool::observer::Observer;
use process_pool::shutdown::STAYS;
use rustix::process::{Pid, Signal, kill_process_group};

const BINARY: &str = env!("CARGO_BIN_EXE_process-pool");

fn with_descriptors(count: u32, arguments: &str) -> Output {
    let script = format!("ulimit -n {count}; exec \"$0\" {arguments}");
    Command::new("sh").args(["-c", &script, BINARY]).output().expect("there is a shell")
}

checks::within_a_minute! {
    #[test]
    fn the_naive_pool_answers_every_task_as_long_as_no_worker_dies() {
        let observer = Observer::new(Path::new(BINARY)).expect("there is a port");
        let mut pool = Naive::new(&observer, 2).expect("the binary was built");
        for number in 1..=100 {
            let task = LessonTask::new(number, Work::Nothing);
            pool.submit(&task).expect("a worker reads");
        }
        let answer = |_| pool.answer().expect("a worker answers").number;
        let mut answers: Vec<_> = (0..100).map(answer).collect();
        answers.sort_unstable();
        assert_eq!(answers, (1..=100).collect::<Vec<_>>());
    }

    #[test]
    fn a_naive_worker_writes_each_answer_at_once_whatever_bytes_it_is_of() {
        let (tasks, mut submit) = io::pipe().expect("there is room");
        // Each write to such a socket is a message of its own.
        let (answers, its_answers) = UnixDatagram::pair().expect("there is room");
        let mut command = NAIVE_WORKER.command(Path::new(BINARY));
        // Nobody listens there: the worker is not observed.
        command.arg("0").stdin(tasks).stdout(OwnedFd::from(its_answers));
        let _worker = ChildGuard::of(command.spawn().expect("it was built"), Duration::MAX);
        // One of the numbers is the newline, up to which std's standard output writes at once.
        for number in 1..=100 {
            let mut task = [0; 128];
            let _ = postcard::to_slice(&LessonTask::new(number, Work::Nothing), &mut task);
            submit.write_all(&task).expect("the worker reads");
            let written = answers.recv(&mut [0; 128]).expect("the worker answers");
            assert_eq!(written, 128, "of the answer to task {number}");
        }
    }

    #[test]
    fn a_worker_that_cannot_begin_writes_why_at_once_as_one_line() {
        let (errors, its_errors) = UnixDatagram::pair().expect("there is room");
        let mut command = Command::new(BINARY);
        command.arg("process-pool-worker").stdin(Stdio::null()).stderr(OwnedFd::from(its_errors));
        let _worker = ChildGuard::of(command.spawn().expect("it was built"), Duration::MAX);
        let mut line = [0; 1024];
        let length = errors.recv(&mut line).expect("it writes why");
        let line = String::from_utf8_lossy(&line[..length]);
        assert!(line.starts_with("process-pool-worker: a pool starts it"), "{line}");
        assert!(line.ends_with('\n'), "{line}");
    }

    #[test]
    fn a_program_that_is_interrupted_at_the_terminal_or_killed_takes_its_busy_worker_with_it() {
        for signal in [Signal::INT, Signal::KILL] {
            // A process group of its own, as a shell gives it; Ctrl-C is for the group.
            let mut command = STAYS.command(Path::new(BINARY));
            let command = command.process_group(0).stdout(Stdio::piped());
            let mut child = command.spawn().expect("the binary was built");
            let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
            let mut line = String::new();
            out.read_line(&mut line).expect("it can be read");
            assert_eq!(line, "task 1 is at work\n");
            kill_process_group(Pid::from_child(&child), signal).expect("it is ours");
            assert_eq!(child.wait().expect("it was started").signal(), Some(signal.as_raw()));
            // The worker writes where the program does: that ends when the worker has.
            out.read_to_string(&mut line).expect("it can be read");
        }
    }

    #[test]
    fn a_lesson_that_is_killed_takes_its_workers_with_it() {
        for _ in 0..10 {
            let mut command = Command::new(BINARY);
            let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut lesson = command.spawn().expect("the binary was built");
            let out = BufReader::new(lesson.stdout.take().expect("it is piped"));
            let mut err = lesson.stderr.take().expect("it is piped");
            // Its heading is out: its workers come, or are there.
            out.lines().next().expect("it prints something").expect("it can be read");
            lesson.kill().expect("it is ours");
            lesson.wait().expect("it was started");
            // Their standard error is the lesson's: it ends when the last of them has.
            err.read_to_string(&mut String::new()).expect("it can be read");
        }
    }

    #[test]
    fn short_of_descriptors_a_lesson_runs_with_fewer_workers_or_is_refused() {
        for variant in ["one-at-a-time", "one-fails"] {
            let (mut fewer, mut refused) = (0, 0);
            for count in (12..60).step_by(2) {
                let output = with_descriptors(count, &format!("map --variant {variant}"));
                let screen = String::from_utf8_lossy(&output.stdout);
                if output.status.success() {
                    if !screen.contains("of 4 could be started: ") {
                        break;
                    }
                    fewer += 1;
                } else {
                    assert!(fewer == 0, "with more descriptors it ran already: {screen}");
                    refused += 1;
                }
            }
            assert!(fewer > 0 && refused > 0, "{variant}: {fewer} with fewer, {refused} refused");
        }
    }
}
