//! Interpreters that are given in a list, good ones and bad ones.

use std::ffi::OsStr;

use checks::Program;
use kit::python::{DEADLINE, listed};

fn list(programs: &[&Program]) -> std::ffi::OsString {
    std::env::join_paths(programs.iter().map(|program| AsRef::<OsStr>::as_ref(*program)))
        .expect("no colon is in them")
}

#[test]
fn an_empty_list_is_no_interpreter() {
    assert_eq!(listed(OsStr::new(""), DEADLINE), []);
}

#[test]
fn the_first_is_called_python3_and_the_others_by_what_they_are() {
    let says = |name: &str, words: &str| Program::new(name, &format!("echo python {words}"));
    let programs = [
        says("a", "3 11 7 1 0 fork"),
        says("b", "3 14 10 1 1 forkserver"),
        says("c", "3 14 10 0 1 forkserver"),
        says("d", "3 14 11 1 1 forkserver"),
        says("e", "3 14 10 1 1 forkserver"),
        says("f", "3 14 10 1 1 forkserver"),
    ];
    let pythons = listed(&list(&programs.each_ref()), DEADLINE);
    let names: Vec<_> = pythons.iter().flatten().map(|python| python.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "python3",
            "python3.14",
            "python3.14 free-threaded",
            "python3.14.11",
            "python3.14.10",
            "python3.14.10, 6"
        ]
    );
    let third = pythons[2].as_ref().expect("it has answered");
    assert!(!third.has_gil && third.has_interpreters, "{third:?}");
    assert_eq!(
        (third.version(), &*third.start_method),
        ("3.14.10 free-threaded".into(), "forkserver")
    );
}

#[test]
fn what_is_no_interpreter_is_told_in_one_line_and_the_rest_goes_on() {
    let programs = [
        Program::new("silent", "exit 0"),
        Program::new("blank", "echo >&2"),
        Program::new("dies", "echo no such module >&2; exit 3"),
        Program::new("two", "echo python 2 7 18 1 0 fork"),
        Program::new("good", "echo python 3 12 1 1 0 fork"),
    ];
    let mut paths = list(&programs.each_ref());
    paths.push(":/there/is/none");
    let [silent, blank, dies, two, good, none] =
        listed(&paths, DEADLINE).try_into().expect("each has an answer");
    for silent in [silent, blank] {
        let silent = silent.expect_err("it said nothing");
        assert!(silent.ends_with("is no Python 3 (it ended with exit status: 0)"), "{silent}");
    }
    let dies = dies.expect_err("it failed");
    assert!(dies.contains("exit status: 3") && dies.contains("no such module"), "{dies}");
    assert!(two.expect_err("it is too old").contains("is no Python 3"));
    assert_eq!(good.expect("it answered").name, "python3");
    let none = none.expect_err("there is none");
    assert!(none.contains("cannot be started") && none.lines().count() == 1, "{none}");
}

#[test]
fn an_interpreter_that_hangs_is_killed_after_its_deadline() {
    let hangs = Program::new("hangs", "exec sleep 3600");
    let begun = std::time::Instant::now();
    let answers = listed(&list(&[&hangs]), std::time::Duration::from_millis(200));
    assert!(begun.elapsed() < DEADLINE, "it has the deadline that was given");
    let [hangs] = answers.try_into().expect("there is one");
    assert!(hangs.expect_err("it never answers").contains("has not answered within 200ms"));
}
