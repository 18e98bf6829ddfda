//! A child is watched, ended and reaped, whatever it does.

use std::process::Command;
use std::time::{Duration, Instant};

use stage::{End, watch};

fn shell(script: &str, deadline: Duration) -> stage::Seen {
    watch(Command::new("sh").args(["-c", script]), "variant", deadline).expect("there is a shell")
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
fn the_form_and_whose_it_is_are_in_the_childs_environment() {
    let seen = shell("echo \"$STAGE_VARIANT\" >&2", Duration::from_secs(60));
    assert_eq!(seen.complaint, format!("{}:variant\n", std::process::id()));
}

#[test]
fn a_command_that_is_not_there_is_an_error() {
    assert!(
        watch(&mut Command::new("/no/such/program"), "variant", Duration::from_secs(1)).is_err()
    );
}

#[test]
fn what_the_child_has_started_is_ended_with_it_and_does_not_hold_its_watcher_up() {
    let start = Instant::now();
    let seen = shell("sleep 1000 & echo $! >&2; exec sleep 1000", Duration::from_millis(500));
    assert!(matches!(seen.end, End::TimedOut), "{:?}", seen.end);
    assert!(start.elapsed() < Duration::from_secs(60));
    let grandchild: u32 = seen.complaint.trim().parse().expect("the shell says its number");
    let alive = || {
        let stat = std::fs::read_to_string(format!("/proc/{grandchild}/stat")).unwrap_or_default();
        // A zombie is dead, and its new parent's to reap.
        !stat.is_empty() && !stat.contains(") Z ")
    };
    checks::eventually("its end", || !alive());
}

/// What the child would print if t1 waited for something: the fields of a record.
const WAITS: &str = r"1\t1\t1\tt1\twaits\t1\tx\t.";

#[test]
fn a_child_that_waits_with_a_time_limit_is_not_deadlocked() {
    let seen =
        shell(&format!("printf '\\377\\n{WAITS}\\n'; sleep 0.3; exit 4"), Duration::from_secs(60));
    assert_eq!(seen.records.len(), 1, "what is no record is passed over");
    assert!(matches!(seen.end, End::Exited(status) if status.code() == Some(4)), "{:?}", seen.end);
}

#[test]
fn a_child_that_waits_without_one_is() {
    let seen = shell(&format!("printf '{WAITS}\\n'; read never"), Duration::from_secs(60));
    assert!(matches!(seen.end, End::Deadlocked(_)), "{:?}", seen.end);
}

#[test]
fn what_a_variant_beyond_its_deadline_has_started_ends_with_the_program() {
    if !cfg!(target_os = "linux") {
        // Without /proc, the program does not know what that is.
        return;
    }
    let mut hangs = Command::new(super::your_turn::example().with_file_name("hangs"));
    // The process has the same standard error: its end is that of all.
    let output = kit::child::output(&mut hangs, Duration::from_secs(30)).expect("all of it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("it did not end within 200ms"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}
