//! Whatever ends a run, nothing is left behind.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;

use checks::eventually;
use processes::daemonize::pseudo_terminal;
use processes::procfs::{Process, process};

use crate::program;

#[test]
fn lessons_show_the_same_where_signals_were_ignored() {
    // What a shell ignores, the program that it becomes ignores as well.
    let ignores =
        "trap '' ABRT BUS FPE ILL SEGV SYS TERM TRAP USR1 USR2 XCPU XFSZ CHLD; exec \"$@\"";
    // All signals are restored in one way: of the limits, one shows it.
    for lesson in [&["daemon"][..], &["signals"], &["isolation"], &["limits", "--variant", "size"]]
    {
        let mut shell = Command::new("sh");
        shell.args(["-c", ignores, "sh"]).arg(program()).args(lesson);
        let output = kit::child::output(&mut shell, kit::child::DEADLINE).expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn a_child_that_computes_ends_with_its_parent_before_it_reaches_its_limit() {
    // It is ended by a signal after a second of processor time.
    let mut child = entered(&["limited", "\"Time\""]);
    drop(child.stdin.take());
    assert_eq!(child.wait().expect("it was started").code(), Some(1));
}

/// Starts an entry with its three streams as pipes.
fn entered(arguments: &[&str]) -> Child {
    let mut command = Command::new(program());
    command.arg("--child-entry").args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary was built")
}

#[test]
fn a_child_ends_when_its_parents_ends_of_the_pipes_are_closed() {
    for arguments in [&["wait"][..], &["write", "1000000"], &["talk", "1000000"]] {
        let mut child = entered(arguments);
        // It is in the middle of its work.
        let mut out = child.stdout.take().expect("it is piped");
        out.read_exact(&mut [0]).expect("it writes something");
        drop((child.stdin.take(), out, child.stderr.take()));
        eventually(arguments[0], || child.try_wait().expect("it is ours").is_some());
    }
}

#[test]
fn no_child_outlives_the_lesson_that_started_it_whatever_it_does() {
    let entries: [(&[&str], u32); 12] = [
        (&["subreaper", "daemon-parent", "\"Ignored\""], 2),
        (&["subreaper", "daemon-parent", "\"Signal\""], 2),
        (&["subreaper", "daemon-parent", "\"Pipe\""], 2),
        (&["subreaper", "daemon-parent", "\"WaitsFirst\""], 2),
        (&["subreaper", "not-reaping", "daemon-parent", "\"Ignored\""], 2),
        (&["subreaper", "daemon-parent", "\"EndsIt\""], 2),
        (&["suspended-by-vfork"], 1),
        (&["named", "null"], 1),
        (&["ten-threads"], 1),
        (&["stopped", "\"Default\""], 1),
        (&["stopped", "\"CleansUp\""], 1),
        (&["stopped", "\"Ignores\""], 1),
    ];
    for (arguments, lines) in entries {
        ends_with_what_the_lesson_holds(arguments, lines, ());
    }
}

#[test]
fn a_shell_and_what_it_has_started_end_with_the_lesson_that_has_their_terminals() {
    for detaches in ["Not", "ToTheBackground", "ByIgnoring", "ByOneFork", "ByTwoForks"] {
        let [(first, path), (second, log)] =
            [(); 2].map(|()| pseudo_terminal().expect("there is room for a terminal"));
        let argument = serde_json::to_string(&(detaches, path, log)).expect("it is plain");
        // That a child of the subreaper was reaped, which has begun a session by a fork, is a line.
        let arguments = ["subreaper", "terminal-shell", &argument];
        ends_with_what_the_lesson_holds(&arguments, 3, (first, second));
    }
}

/// Starts an entry, waits until all of its processes have written that they run, and closes what a
/// lesson holds.
fn ends_with_what_the_lesson_holds(arguments: &[&str], lines: u32, held: impl Sized) {
    let mut child = entered(arguments);
    let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
    for _ in 0..lines {
        let read = out.read_line(&mut String::new()).expect("it is a pipe");
        assert_ne!(read, 0, "{arguments:?} has ended");
    }
    // The kernel does the same when the lesson is killed. The pipe that they write to ends when
    // the last of them has.
    drop((child.stdin.take(), held));
    let ended = thread::spawn(move || out.read_to_end(&mut Vec::new()).is_ok());
    eventually(arguments[0], || ended.is_finished());
    eventually(arguments[0], || child.try_wait().expect("it is ours").is_some());
}

fn seen(pid: u32) -> Option<Process> {
    process(pid).ok().flatten()
}

/// Lists the processes whose parent is `parent`, without zombies.
pub(crate) fn children_of(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let lives = |process: Process| process.parent == parent && process.state != 'Z';
    pids.filter(|&pid| seen(pid).is_some_and(lives)).collect()
}

/// Returns whether a process is gone, or a zombie.
pub(crate) fn has_ended(pid: u32) -> bool {
    seen(pid).is_none_or(|process| process.state == 'Z')
}

/// Starts a lesson until it is seen with a child, and returns both.
fn in_the_middle_of(lesson: &[&str]) -> (Child, Vec<u32>) {
    let mut seen = None;
    eventually("a lesson with a child", || {
        let mut command = Command::new(program());
        let command = command.args(lesson).stdout(Stdio::null());
        let mut running = command.spawn().expect("the binary was built");
        while running.try_wait().expect("it is ours").is_none() {
            let children = children_of(running.id());
            if !children.is_empty() {
                seen = Some((running, children));
                return true;
            }
        }
        false
    });
    seen.expect("or it had not ended")
}

#[test]
fn a_lesson_that_is_killed_takes_its_child_with_it() {
    if !cfg!(target_os = "linux") {
        // Without /proc, its child cannot be seen from outside.
        return;
    }
    for (lesson, variant) in [("spawn-and-wait", "wait-first"), ("fork-with-threads", "lock-held")]
    {
        let (mut parent, children) = in_the_middle_of(&[lesson, "--variant", variant]);
        parent.kill().expect("it is ours");
        parent.wait().expect("it was started");
        eventually("the child's end", || children.iter().all(|&child| has_ended(child)));
    }
}
