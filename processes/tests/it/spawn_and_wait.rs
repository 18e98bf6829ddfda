//! How a child ended, and what it wrote.

use std::process::{Command, Stdio};
use std::time::Duration;

use kit::child::ChildGuard;
use processes::exit::Exit;
use processes::spawn_and_wait::{EXIT, KIB, WRITE, exit_code};

use crate::program;

fn writer(lines: u32) -> ChildGuard {
    WRITE.start(program(), &[&lines.to_string()]).expect("the binary was built")
}

#[test]
fn one_byte_of_an_exit_code_arrives() {
    for (code, arrives) in [(0, 0), (255, 255), (256, 0), (259, 3), (-1, 255)] {
        assert_eq!(exit_code(program(), code).expect("it ends"), Exit::Code(arrives), "{code}");
    }
}

#[test]
fn a_shell_has_137_for_a_killed_child_and_for_one_that_exits_with_137() {
    let output = |script: &str| {
        let mut shell = Command::new("sh");
        // The shell reports the killed one on its standard error as well.
        shell.args(["-c", script]).args(EXIT.command(program()).get_args()).stderr(Stdio::null());
        String::from_utf8(shell.output().expect("there is a shell").stdout).expect("it is a number")
    };
    let exits = format!("{} \"$0\" \"$1\" 137; echo $?", program().display());
    assert_eq!(output(&exits), "137\n");
    assert_eq!(output(r#"sh -c 'kill -9 $$'; echo $?"#), "137\n");
}

#[test]
fn to_read_only_one_of_two_pipes_is_not_enough_and_little_output_hides_it() {
    let mut child = writer(KIB);
    let _out = child.stdout();
    assert_eq!(child.wait_timeout(Duration::from_millis(50)).expect("it is ours"), None);
    let err = child.stderr();
    assert!(child.wait().expect("it can end now").success());
    assert_eq!(err.recv_all().expect("it has ended").len(), KIB as usize);
    let mut child = writer(1);
    assert!(child.wait().expect("its lines fit into the pipes").success());
    assert_eq!(child.stdout().recv_all().expect("it has ended").len(), 1);
}
