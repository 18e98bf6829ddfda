//! `--python`: the scripts of a lesson are printed, run, and held to what they say.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use checks::{Program, eventually};
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

use super::your_turn::example;

/// Runs the example whose lessons bring scripts, from the folder above them.
fn python(arguments: &[&str], interpreter: Option<&dyn AsRef<OsStr>>) -> Output {
    let mut command = Command::new(example().with_file_name("scripted"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    if let Some(interpreter) = interpreter {
        command.env("PYTHON", interpreter.as_ref());
    }
    command.output().expect("cargo test -p stage builds the example")
}

/// Returns the exit code and the screen.
fn shown(lesson: &str, interpreter: Option<&dyn AsRef<OsStr>>) -> (Option<i32>, String) {
    let output = python(&[lesson, "--python"], interpreter);
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Returns whether there is a Python here; says aloud that there is none.
fn there_is_one() -> bool {
    checks::python("print(1)").is_some()
}

#[test]
fn a_script_that_prints_what_it_says_keeps_its_promise() {
    let (code, screen) = shown("says", None);
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("print(\"6 times 7 is\", 6 * 7)"), "the script is shown: {screen}");
    if there_is_one() {
        assert!(screen.contains("it printed what it says above"), "{screen}");
    }
}

#[test]
fn a_script_that_prints_something_else_or_fails_breaks_it() {
    if !there_is_one() {
        return;
    }
    for (lesson, wanted) in [
        ("differs", "it printed something else than it says above"),
        ("fails", "it failed, with exit status: 1: it fails, as it has to"),
    ] {
        let (code, screen) = shown(lesson, None);
        assert_eq!(code, Some(1), "{screen}");
        assert!(screen.contains(wanted), "no {wanted:?} in: {screen}");
    }
}

#[test]
fn a_failure_without_a_word_ends_with_no_colon() {
    for script in ["exit 3", "echo >&2; exit 3", "echo '  ' >&2; exit 3"] {
        let (code, screen) = shown("says", Some(&Program::new("says-nothing", script)));
        assert_eq!(code, Some(1), "{screen}");
        let line = screen.lines().find(|line| line.contains("it failed")).expect("it says so");
        assert_eq!(line, "  it failed, with exit status: 3", "{screen}");
    }
}

#[test]
fn an_exit_code_that_a_shell_gives_a_meaning_is_the_scripts_own() {
    for code in [124, 127] {
        let ends =
            Program::new(&format!("ends-with-{code}"), &format!("echo why >&2; exit {code}"));
        let (ended, screen) = shown("says", Some(&ends));
        assert_eq!(ended, Some(1), "{screen}");
        assert!(screen.contains(&format!("it failed, with exit status: {code}: why")), "{screen}");
    }
}

#[test]
fn a_process_that_a_script_leaves_behind_is_ended_and_not_waited_for() {
    let leaves = Program::new("leaves-one", "sleep 300 & echo pid $!; exit 0");
    let began = Instant::now();
    let (_, screen) = shown("says", Some(&leaves));
    assert!(!screen.contains("has not ended"), "{screen}");
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    let left = screen.lines().find_map(|line| line.strip_prefix("  pid ")?.parse().ok());
    let left = left.and_then(Pid::from_raw).expect("what it has printed is shown");
    // Where nobody reaps orphans, a zombie stays.
    let stat = || std::fs::read_to_string(format!("/proc/{left}/stat")).unwrap_or_default();
    let has_ended = || test_kill_process(left).is_err() || stat().contains(") Z ");
    eventually("the end of what was left behind", has_ended);
}

#[test]
fn without_an_interpreter_the_script_is_shown_and_not_run() {
    let (code, screen) = shown("fails", Some(&"/no/such/python"));
    assert_eq!(code, Some(0), "{screen}");
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("it is not run: /no/such/python cannot be started"), "{screen}");
    assert!(words.contains("install Python 3.8 or newer"), "{screen}");
}

#[test]
fn a_script_is_ended_in_order_with_the_run_that_was_ended_by_any_signal() {
    if !there_is_one() {
        return;
    }
    // A run that has inherited an ignored signal, from a script's background job or `nohup`, would
    // not be ended by it.
    kit::signals::restore(&[Signal::HUP, Signal::INT, Signal::QUIT].map(Signal::as_raw));
    // One is interrupted twice, a grace apart: the others are beside it.
    std::thread::scope(|scope| {
        for (script, signal, whole_group) in [
            ("waits", Signal::INT, true),
            ("waits", Signal::INT, false),
            ("waits", Signal::TERM, true),
            ("waits", Signal::HUP, true),
            ("waits", Signal::QUIT, true),
            ("waits", Signal::KILL, true),
            ("waits", Signal::KILL, false),
            // Python notes a signal that comes right before it sleeps, and sleeps on.
            ("misses", Signal::INT, true),
        ] {
            scope.spawn(move || ended(script, signal, whole_group));
        }
    });
}

/// Ends a run by a signal while its script waits, and waits for the removal of the script's folder.
fn ended(script: &str, signal: Signal, whole_group: bool) {
    let folder = format!("ended-{script}-{}-{whole_group}", signal.as_raw());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("there is room for a folder");
    let made = || std::fs::read_dir(&folder).expect("it is there").flatten().next();
    let mut command = Command::new(example().with_file_name("scripted"));
    command.args([script, "--python"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("TMPDIR", &folder).stdout(Stdio::null()).process_group(0);
    let mut run = command.spawn().expect("cargo test -p stage builds the example");
    let has_begun = || made().is_some_and(|made| made.path().join("begun").exists());
    eventually("the script's folder", has_begun);
    let pid = Pid::from_child(&run);
    let sent = if whole_group { kill_process_group } else { kill_process };
    sent(pid, signal).expect("it runs");
    run.wait().expect("it was started");
    // Only an interrupt has it removed: a script that is killed leaves it.
    eventually(&format!("its removal after {signal:?}"), || made().is_none());
}

#[test]
fn a_request_for_a_script_that_is_not_there_is_refused_in_a_line() {
    assert!(!Path::new("examples/python/missing.py").exists());
    for (arguments, wanted) in [
        (&["none", "--python"][..], "there is no Python script beside none"),
        (&["missing", "--python"], "missing.py cannot be read"),
        (&["--python"], "name it first"),
        (&["says", "--python", "--explore"], "cannot be used with"),
    ] {
        checks::refused(&python(arguments, None), wanted);
    }
}
