//! How a child ended, and what it said.

use std::process::{Command, Stdio};
use std::time::Duration;

use processes::child::{DEADLINE, Guarded};
use processes::role::{ROLE, Role};
use processes::spawn_and_wait::{
    Arrived, Ended, KIB, captured, exit_code, signal, streamed, wait_first,
};

use crate::program;

fn start(role: Role) -> Guarded {
    Guarded::start(program(), role, DEADLINE).expect("the binary was built")
}

#[test]
fn a_child_that_exits_with_3_is_seen_to_have_done_so() {
    assert_eq!(exit_code(program(), 3).expect("it ends"), Ended::Exited(3));
}

#[test]
fn one_byte_of_an_exit_code_arrives() {
    for (code, arrives) in [(0, 0), (255, 255), (256, 0), (259, 3), (-1, 255)] {
        assert_eq!(exit_code(program(), code).expect("it ends"), Ended::Exited(arrives), "{code}");
    }
}

#[test]
fn a_child_that_is_killed_has_a_signal_and_no_code() {
    assert_eq!(signal(program()).expect("it ends"), Ended::Signalled(9));
}

#[test]
fn an_exit_code_of_137_is_no_signal() {
    assert_eq!(exit_code(program(), 137).expect("it ends"), Ended::Exited(137));
}

#[test]
fn a_shell_says_137_of_a_killed_child_and_of_one_that_exits_with_137() {
    let said = |script: &str| {
        let mut shell = Command::new("sh");
        // The shell tells of the killed one on its standard error as well.
        let shell =
            shell.args(["-c", script]).arg(program()).env(ROLE, "exit:137").stderr(Stdio::null());
        String::from_utf8(shell.output().expect("there is a shell").stdout).expect("it is a number")
    };
    assert_eq!(said(r#""$0"; echo $?"#), "137\n");
    assert_eq!(said(r#"sh -c 'kill -9 $$'; echo $?"#), "137\n");
    assert_eq!([Ended::Exited(137), Ended::Signalled(9)].map(Ended::as_in_a_shell), [137; 2]);
}

#[test]
fn a_parent_that_waits_before_it_reads_waits_for_a_child_that_cannot_end() {
    let seen = wait_first(program(), Duration::from_millis(50)).expect("it ends once it is read");
    assert_eq!(seen.unread, None);
    assert!(seen.is_whole());
    assert_eq!(seen.ended, Ended::Exited(0));
}

#[test]
fn to_read_only_one_of_two_pipes_is_not_enough() {
    let mut child = start(Role::Speak(KIB));
    let _out = child.out();
    assert_eq!(child.wait_for(Duration::from_millis(50)).expect("it is ours"), None);
    let err = child.err();
    assert!(child.wait().expect("it can end now").success());
    assert_eq!(err.to_end().expect("it has ended").len(), KIB as usize);
}

#[test]
fn a_child_that_says_little_hides_the_trap() {
    let mut child = start(Role::Speak(1));
    assert!(child.wait().expect("its lines fit into the pipes").success());
    assert_eq!(child.out().to_end().expect("it has ended").len(), 1);
}

#[test]
fn two_pipes_read_at_once_are_captured_whole_and_apart() {
    let seen = captured(program()).expect("it ends");
    assert_eq!(seen.ended, Ended::Exited(0));
    for (lines, pipe) in [(seen.out, "out"), (seen.err, "err")] {
        let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
        assert_eq!(bytes, 1024 * KIB as usize, "{pipe}");
        for (line, number) in lines.iter().zip(1..) {
            assert_eq!(line.trim_end(), format!("{pipe} {number}"));
        }
    }
}

#[test]
fn lines_arrive_one_by_one_while_the_child_still_runs() {
    let (arrived, ended) = streamed(program(), 3).expect("it ends");
    let wanted = [
        "line 1, having heard: nothing",
        "line 2, having heard: answer 1",
        "line 3, having heard: answer 2",
    ];
    assert_eq!(arrived, wanted.map(|line| Arrived { line: line.into(), running: true }));
    assert_eq!(ended, Ended::Exited(0));
}
