//! What the program shows, where there is a nats-server, and what it leaves behind.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder for what the program puts into the folder for temporary files; gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("beyond-{test}-{}", std::process::id()));
        fs::create_dir(&folder).expect("a folder can be made");
        Self(folder)
    }

    /// Returns the program, whose standard error output ends when all its processes have.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_beyond"));
        program.args(arguments).env("TMPDIR", &self.0).env_remove("NATS_SERVER");
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        program
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(&self.0).expect("it is there").next().is_none()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether the program has said that there is no server; then there is nothing to be tried.
fn is_without_server(output: &Output) -> bool {
    let without = output.status.code() == Some(2);
    if without {
        eprintln!("not tried: {}", said(output));
        assert_eq!(
            said(output),
            "error: there is no nats-server here: apt-get install nats-server\n"
        );
    }
    without
}

#[test]
fn each_task_has_one_outcome_or_is_a_dead_letter_and_nothing_is_left() {
    let folder = Folder::new("all");
    let output = folder.program(&[]).output().expect("the tests have built it");
    if is_without_server(&output) {
        return;
    }
    assert!(output.status.success(), "{}", said(&output));
    let told = String::from_utf8_lossy(&output.stdout);
    for wanted in [
        "task 2: stored once",
        "10 of 10 tasks are there",
        "task 7: killed 3 workers, then dead-lettered",
        "9 outcomes, 1 dead letter, 0 tasks in the queue",
    ] {
        assert!(told.contains(wanted), "no {wanted:?} in: {told}");
    }
    assert_eq!(told.matches(" times, 1 outcome").count(), 3, "{told}");
    assert!(folder.is_empty());
}

#[test]
fn a_program_that_is_killed_takes_its_server_and_its_folder_with_it() {
    let folder = Folder::new("killed");
    let mut program = folder.program(&[]).spawn().expect("the tests have built it");
    // The server has made its folder, or there is none.
    while folder.is_empty() && program.try_wait().expect("it is a child").is_none() {
        std::thread::yield_now();
    }
    program.kill().expect("it is a child");
    let output = program.wait_with_output().expect("its output can be read");
    if !is_without_server(&output) {
        assert!(folder.is_empty());
    }
}

#[test]
fn what_cannot_be_run_is_one_clear_line_and_exit_status_2() {
    let folder = Folder::new("refused");
    for (arguments, server, wanted) in [
        (vec!["crash"], "", "error: it has no arguments: it shows what it has to show\n"),
        (
            vec![],
            "/no/such/server",
            "error: there is no nats-server here: apt-get install nats-server\n",
        ),
    ] {
        let mut program = folder.program(&arguments);
        let output = program.env("NATS_SERVER", server).output().expect("the tests have built it");
        assert_eq!((output.status.code(), &*said(&output)), (Some(2), wanted));
    }
    assert!(folder.is_empty());
}
