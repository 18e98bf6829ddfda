//! A command that is run to its end, under a deadline.

use std::io::ErrorKind;
use std::process::Command;
use std::time::Duration;

use kit::child::{output, output_of_guard, stdout};

fn sh(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[test]
fn a_deadline_without_an_end_is_none_and_one_of_zero_is_over_at_once() {
    let ended = output(&mut sh("echo done"), Duration::MAX).expect("it ends");
    assert_eq!(ended.stdout, b"done\n");
    let late = output(&mut sh("exec sleep 3600"), Duration::ZERO);
    assert_eq!(late.expect_err("it was given no time").kind(), ErrorKind::TimedOut);
}

#[test]
fn an_exit_status_that_is_not_zero_is_an_error_that_holds_what_was_written() {
    let error = stdout(&mut sh("echo no room >&2; exit 3"), Duration::from_secs(60));
    let error = error.expect_err("it fails").to_string();
    assert!(error.contains("exit status: 3") && error.contains("no room"), "{error}");
}

#[test]
fn an_exit_status_without_a_word_is_an_error_that_ends_with_no_colon() {
    for script in ["exit 3", "echo >&2; exit 3"] {
        let error = stdout(&mut sh(script), Duration::from_secs(60)).expect_err("it fails");
        assert_eq!(error.to_string(), "the child ended with exit status: 3");
    }
}

#[test]
fn what_a_child_has_left_behind_is_waited_for_until_the_deadline_or_for_the_grace_that_it_has() {
    let leaves = || sh("sleep 3 & head -c 200000 /dev/zero; exit 0");
    let (minute, moment) = (Duration::from_secs(60), Duration::from_millis(500));
    let (late, ended) = std::thread::scope(|scope| {
        let late = scope.spawn(|| output(&mut leaves(), moment));
        let ended = output_of_guard(&mut leaves(), minute, moment).expect("it ends");
        (late.join().expect("it does not panic"), ended)
    });
    assert_eq!(late.expect_err("it holds the pipe").kind(), ErrorKind::TimedOut);
    assert_eq!((ended.stdout.len(), ended.status.code()), (200_000, Some(0)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_that_takes_too_long_is_killed_and_reaped() {
    let error = output(Command::new("sleep").arg("51"), Duration::from_millis(50));
    assert_eq!(error.expect_err("it does not end").kind(), ErrorKind::TimedOut);
    // PID, name, state, parent: a child that is killed but not reaped would be there still.
    let is_ours = |entry: &std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        stat.contains("(sleep)") && parent == Some(std::process::id())
    };
    let processes = || std::fs::read_dir("/proc").expect("this is Linux").flatten();
    // Another test of this file may have a child of that name, and reaps it.
    checks::eventually("that it is reaped", || processes().filter(is_ours).count() == 0);
}
