//! The lesson that asks rustc, when rustc is silent, late or absent; and what `Send` and `Sync`
//! are.

use thread_safety::compiler::{Program, programs};

#[test]
fn a_program_that_rustc_accepts_is_not_called_refused_nor_one_that_it_refuses_fixed() {
    assert_eq!(programs().count(), 12);
    let program = programs().next().expect("there are twelve");
    let files = || std::fs::read_dir(".").expect("it is this package's folder").count();
    let before = files();
    let twins = Program { refused: program.fixed, fixed: program.refused, ..program };
    let verdict = twins.ask().expect("a machine that builds this test has rustc");
    assert_eq!(verdict.refused, [""; 0]);
    assert!(verdict.fixed.contains("E0277"), "{}", verdict.fixed);
    assert_eq!(files(), before, "rustc leaves no file");
}

#[test]
fn send_and_sync_are_as_the_readme_says() {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::sync::{Arc, Mutex, MutexGuard};

    checks::is_not!(Rc<i32>: Send, Rc<i32>: Sync, Cell<i32>: Sync, RefCell<i32>: Sync);
    checks::is_not!(MutexGuard<'static, i32>: Send);
    fn are<Sent: Send, Shared: Sync>() {}
    are::<(Cell<i32>, RefCell<i32>), MutexGuard<'static, i32>>();
    are::<Arc<Mutex<i32>>, Arc<Mutex<i32>>>();
}

/// Runs a variant with this program in the place of rustc; returns the words on the screen.
fn asked(rustc: &std::path::Path) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_thread-safety"));
    let output = command.args(["compiler", "--variant", "rc"]).env("RUSTC", rustc).output();
    let screen = String::from_utf8(output.expect("the tests have built it").stdout);
    screen.expect("it is text").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn where_there_is_no_rustc_the_lesson_says_that_it_was_not_asked() {
    let said = asked("/no/such/rustc".as_ref());
    assert!(said.contains("not asked: no rustc is here"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_rustc_that_says_nothing_and_reads_nothing_is_reaped_and_refuses_nothing() {
    // It has closed its end before the program is written to it.
    let rustc = checks::Program::new("silent", "exec <&-\nexit 0");
    for _ in 0..20 {
        let said = asked(rustc.as_ref());
        assert!(said.contains("rustc said [], not E0277"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_rustc_that_never_answers_is_given_up_and_killed() {
    let file = std::env::temp_dir().join(format!("sleeps-{}", std::process::id()));
    let script = format!("echo $$ > {}\nexec sleep 600", file.display());
    let rustc = checks::Program::new("sleeps", &script);
    let program = programs().next().expect("there are twelve");
    let asked = program.ask_of(rustc.as_ref(), std::time::Duration::from_secs(1));
    assert_eq!(asked.expect_err("it never answers").kind(), std::io::ErrorKind::TimedOut);
    let pid = std::fs::read_to_string(&file).expect("it was started");
    std::fs::remove_file(file).expect("it is ours");
    assert!(!std::path::Path::new(&format!("/proc/{}", pid.trim())).exists(), "it was left behind");
}
