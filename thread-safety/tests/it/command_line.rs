//! The command line: the lesson ends well, at any width; what is asked for wrongly gets one clear
//! line and exit code 2.

use std::process::Output;

fn thread_safety(arguments: &[&str]) -> Output {
    checks::run(env!("CARGO_BIN_EXE_thread-safety"), arguments)
}

fn refused(arguments: &[&str], wanted: &str) {
    checks::refused(&thread_safety(arguments), wanted);
}

#[test]
fn a_lesson_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    refused(&["lost-updat"], "lost-update");
}

#[test]
fn a_form_that_does_not_exist_is_refused_with_those_that_do() {
    refused(&["lost-update", "--variant", "wishful"], "racy-hammered, mutex, atomic");
}

#[test]
fn every_line_fits_the_width() {
    for (lens, wanted) in [
        (&[][..], "both read 0, wrote 1 and -1: "),
        (&["--explore", "--variant", "racy"][..], "30 lose one"),
    ] {
        for width in ["60", "80", "140"] {
            let output = thread_safety(&[&["lost-update", "--width", width], lens].concat());
            let said = checks::fits(&output, width);
            assert!(said.contains(wanted), "{width}: {said}");
        }
    }
}

#[test]
fn exploring_says_how_many_schedules_lose_one_and_shows_the_shortest() {
    let output = thread_safety(&["lost-update", "--explore"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for wanted in ["30 lose one", "1 came out, not 2", "1: 2 ways · 2: 2 ways (right)", "19 finish"]
    {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[test]
fn where_there_is_no_rustc_the_lesson_says_that_it_was_not_asked() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_thread-safety"));
    let output =
        command.args(["compiler", "--variant", "rc"]).env("RUSTC", "/no/such/rustc").output();
    let said =
        String::from_utf8(output.expect("the tests have built it").stdout).expect("it is text");
    assert!(said.contains("not asked: no rustc is here"), "{said}");
}

#[test]
fn every_lesson_fits_the_width_and_ends_well() {
    for lesson in ["check-then-act", "operations", "compiler"] {
        for width in ["60", "80"] {
            checks::fits(&thread_safety(&[lesson, "--width", width]), width);
        }
    }
}
