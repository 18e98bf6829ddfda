//! A child is watched, ended and reaped, whatever it does.

use std::process::Command;
use std::time::{Duration, Instant};

use stage::{End, watch};

fn shell(script: &str, deadline: Duration) -> stage::Seen {
    watch(Command::new("sh").args(["-c", script]), "form", deadline).expect("there is a shell")
}

#[test]
fn a_child_that_ends_by_itself_is_told_from_one_that_hangs() {
    let seen = shell("echo no record; echo a complaint >&2; exit 3", Duration::from_secs(60));
    assert!(matches!(seen.end, End::Exited(status) if status.code() == Some(3)), "{:?}", seen.end);
    assert_eq!((seen.records.len(), seen.complaint.as_str()), (0, "a complaint\n"));
}

#[test]
fn a_child_that_says_nothing_and_does_not_end_is_killed_at_the_deadline() {
    let start = Instant::now();
    let seen = shell("exec sleep 1000", Duration::from_millis(200));
    assert!(matches!(seen.end, End::TimedOut), "{:?}", seen.end);
    assert!(start.elapsed() < Duration::from_secs(60));
    assert!(!std::path::Path::new(&format!("/proc/{}", seen.pid)).exists(), "it is reaped");
}

#[test]
fn a_child_that_closes_its_output_and_goes_on_is_killed_at_the_deadline() {
    let seen = shell("exec sleep 1000 >&- 2>&-", Duration::from_millis(200));
    assert!(matches!(seen.end, End::TimedOut), "{:?}", seen.end);
}

#[test]
fn the_form_is_in_the_childs_environment() {
    let seen = shell("echo \"$STAGE_FORM\" >&2", Duration::from_secs(60));
    assert_eq!(seen.complaint, "form\n");
}

#[test]
fn a_command_that_is_not_there_is_an_error() {
    assert!(watch(&mut Command::new("/no/such/program"), "form", Duration::from_secs(1)).is_err());
}
