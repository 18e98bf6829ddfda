//! Names, groups, and what is left of them (Linux).

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use checks::eventually;
use kit::child::ChildGuard;
use processes::daemon::{DAEMON, ParentDeath};
use processes::exit::Exit;
use processes::limits::{Limit, limited};
use processes::names::{COMM_BYTES, named};
use processes::spawn_and_wait::EXIT;
use processes::subreaper::Subreaper;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::end_of_a_run::children_of;
use crate::program;

#[test]
fn a_process_name_is_cut_after_15_bytes_without_an_error() {
    let whole = "123456789012345";
    for (set, shown) in
        [(whole, whole), ("1234567890123456", whole), ("request-handler-2", "request-handler")]
    {
        let names = named(program(), "a", Some(set)).expect("it can be looked at");
        assert_eq!((names.comm.as_str(), names.comm.len()), (shown, COMM_BYTES), "{set}");
    }
    assert_eq!(named(program(), "a", None).expect("it can be looked at").comm, "processes");
}

#[test]
fn a_cgroup_is_removed_when_its_lesson_is_killed_with_the_whole_process_group() {
    let mut command = Command::new(program());
    let command = command.args(["cpus", "--variant", "quota"]).process_group(0);
    let mut lesson = command.stdout(Stdio::null()).spawn().expect("the binary was built");
    let groups = |owner: u32| {
        ["", "cpu", "cpu,cpuacct"]
            .map(|below| PathBuf::from(format!("/sys/fs/cgroup/{below}/processes-quota-{owner}")))
    };
    let (mut ended, mut made) = (false, Vec::new());
    eventually("a cgroup, or the end", || {
        made = children_of(lesson.id()).into_iter().flat_map(groups).collect();
        made.retain(|group| group.exists());
        ended = lesson.try_wait().expect("it is ours").is_some();
        ended || !made.is_empty()
    });
    if ended {
        eprintln!("not tried: this system allows no cgroup");
        return;
    }
    kill_process_group(Pid::from_child(&lesson), Signal::KILL).expect("it leads a group");
    lesson.wait().expect("it is ours");
    eventually("the end of the cgroup", || !made.iter().any(|group| group.exists()));
}

#[test]
fn a_child_whose_parent_was_gone_before_it_could_ask_does_not_wait_for_the_signal() {
    let start = |parent: u32| {
        let argument = serde_json::to_string(&(ParentDeath::Signal, parent)).expect("it is plain");
        let mut child = DAEMON.start(program(), &[&argument]).expect("the binary was built");
        let line = child.stdout().recv_line().expect("it writes it, or ends");
        (line.is_some(), child)
    };
    let (lives, mut child): (bool, ChildGuard) = start(std::process::id() + 1);
    assert!(!lives);
    assert_eq!(Exit::from(child.wait().expect("it ends by itself")), Exit::Code(1));
    let (lives, _child) = start(std::process::id());
    assert!(lives, "while its parent lives, it waits");
}

#[test]
fn a_subreaper_reports_each_exit_status_and_ends_with_its_last_child() {
    let mut subreaper = Subreaper::start(program(), &EXIT, &["3"]).expect("the binary was built");
    let line = subreaper.recv("reaped").expect("it ends");
    let pid = line.split(' ').next().and_then(|pid| pid.parse().ok()).expect("it is a PID");
    assert_eq!(subreaper.wait_for(pid).expect("it has ended"), Exit::Code(3));
    let error = subreaper.recv("anything").expect_err("no process is left");
    assert!(error.to_string().contains("no process is left"), "{error}");
}

#[test]
fn without_a_limit_the_same_memory_is_allocated() {
    let free = limited(program(), Limit::Nothing).expect("it ends");
    let wanted = (Exit::SUCCESS, Some("has 536870912 bytes"));
    assert_eq!((free.exit, free.last.as_deref()), wanted);
    let aborted = limited(program(), Limit::Memory).expect("it ends").complaint;
    assert!(aborted.contains("memory allocation of 536870912 bytes failed"), "{aborted}");
}

#[test]
fn a_terminal_that_is_closed_ends_its_shell_also_when_the_lesson_runs_under_nohup() {
    let mut command = Command::new("env");
    command.arg("--ignore-signal=HUP").arg(program());
    let ran = command.args(["daemonize", "--variant", "in-the-session"]).output();
    assert!(ran.expect("there is an env").status.success());
}

#[test]
fn an_entry_reaps_and_listens_whatever_its_parent_ignores_and_blocks() {
    let mut command = Command::new("env");
    command.args(["--ignore-signal=CHLD", "--block-signal"]).arg(program());
    let output = command.args(["--child-entry", "subreaper", "exit", "3"]).output();
    let lines = output.expect("there is an env").stdout;
    let lines = String::from_utf8_lossy(&lines);
    assert!(
        lines.starts_with("reaped ") && lines.ends_with(" 768\n"),
        "{lines:?} has no status of 3"
    );
}
