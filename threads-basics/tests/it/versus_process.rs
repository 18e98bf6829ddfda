//! What the parent learns of a child that fails.

use std::io::ErrorKind;

use kit::child::{DEADLINE, Entry, output, stdout};
use threads_basics::versus_process::{CHANGE, by_process};

use crate::program;

#[test]
fn a_list_that_is_none_is_a_failure_of_the_child_that_its_parent_learns_of() {
    let error = stdout(CHANGE.command(program()).arg("20,many"), DEADLINE);
    let error = error.expect_err("it is no number").to_string();
    assert!(error.contains("exit status: 1") && error.contains("invalid"), "{error}");
}

#[test]
fn an_entry_that_does_not_exist_is_refused_in_one_line() {
    let king = Entry { name: "king", run: |_| Ok(()) };
    let output = output(&mut king.command(program()), DEADLINE).expect("it ends");
    checks::refused(&output, "overflow, detached, joined, stop-flag, change, nothing, player, ");
}

#[test]
fn a_program_that_does_not_exist_is_an_error() {
    let error = by_process("/nowhere/at/all".as_ref()).expect_err("it cannot be started");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
