//! The guard of a Python script: it ends the script when the process that has started it is gone.
//!
//! A script has processes of its own, and names in `/tmp` and `/dev/shm` that it removes at its end;
//! killed, it removes none. So it runs in a process group that a signal for this program's group
//! does not reach, below a guard that is this program once more. The guard's standard input is a
//! pipe that nobody writes to: when the pipe ends, it interrupts the script as Ctrl-C does.

use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt, parent_id};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use kit::deadline::Deadline;
use rustix::process::{Pid, Signal, getpid, kill_process, kill_process_group};

use crate::procfs;

/// Names the variable that makes a topic's binary the guard of a script: its parent's PID. A process
/// whose parent has another one has only inherited the variable.
const GUARD: &str = "STAGE_PYTHON_GUARD";

/// How long a script may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(60);
/// How long it may take to end after each of two interrupts, and the other processes of its group
/// after it.
const GRACE: Duration = Duration::from_secs(2);

/// The signal that the guard ends itself by when it had to end the script: every exit code can be
/// the script's own.
const ENDED: Signal = Signal::ALARM;
/// The signal that the guard ends itself by where there is no Python.
const NO_PYTHON: Signal = Signal::USR1;

/// Runs a script below a guard.
///
/// # Errors
/// Python, or the guard, cannot be started; [`TimedOut`](io::ErrorKind::TimedOut): the script has
/// not ended within the deadline.
pub(super) fn output(script: &Path) -> io::Result<Output> {
    let Ok(program) = kit::child::program() else {
        // Without /proc, a program does not know its own file.
        return kit::child::output(kit::python::command().arg(script), DEADLINE);
    };
    let mut guard = Command::new(program);
    guard.arg(script).env(GUARD, std::process::id().to_string()).process_group(0);
    let output = kit::child::output_of_guard(&mut guard, DEADLINE + 4 * GRACE, GRACE)?;
    match output.status.signal().and_then(Signal::from_named_raw) {
        Some(ENDED) => Err(kit::child::timed_out()),
        Some(NO_PYTHON) => Err(io::Error::other(String::from_utf8_lossy(&output.stderr))),
        _ => Ok(output),
    }
}

/// Is the guard, in a process that was started as one; returns its exit code.
pub(super) fn guard() -> Option<ExitCode> {
    let parent = std::env::var(GUARD).ok()?.parse();
    let script = std::env::args_os().nth(1).filter(|_| parent == Ok(parent_id()))?;
    // A process that ignores SIGINT cannot be interrupted, and neither can one that it starts.
    kit::signals::restore(&[Signal::INT.as_raw()]);
    let mut python = kit::python::command();
    python.arg(script).env_remove(GUARD).stdin(Stdio::null()).process_group(0);
    let ended = python.spawn().map(guarded).unwrap_or_else(|error| {
        // There is nowhere left to complain when this fails.
        let _ = write!(io::stderr(), "{error}");
        Err(NO_PYTHON)
    });
    let code = ended.unwrap_or_else(|signal| {
        // What it has inherited may have it ignored or blocked.
        kit::signals::restore(&[signal.as_raw()]);
        let _ = kill_process(getpid(), signal);
        // Only where this process may not signal itself.
        1
    });
    Some(ExitCode::from(code))
}

/// Waits for the script's end; ends it when its time is over, or the parent is gone, and then what it
/// has left behind.
fn guarded(mut script: Child) -> Result<u8, Signal> {
    static GONE: AtomicBool = AtomicBool::new(false);
    // Without the thread, the script would come to its end by itself.
    let _ = thread::Builder::new().spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        GONE.store(true, Relaxed);
    });
    within(DEADLINE, || GONE.load(Relaxed) || has_ended(&script, Duration::ZERO));
    let by_itself = has_ended(&script, Duration::ZERO);
    end(&script);
    match script.wait() {
        Ok(status) if by_itself => Ok(code(status)),
        _ => Err(ENDED),
    }
}

/// Interrupts a script's process group if the script runs, waits for it and then for its processes,
/// and kills what is left.
///
/// The script, which leads the group, is not reaped here: a zombie keeps its PID, so that of the
/// group is no other group's meanwhile.
fn end(script: &Child) {
    let group = Pid::from_child(script);
    // Twice: Python notes a signal that comes right before it sleeps, and sleeps on.
    for _ in 0..2 {
        if !has_ended(script, Duration::ZERO) {
            // This, like the last one, fails only where there is nobody left to end.
            let _ = kill_process_group(group, Signal::INT);
            has_ended(script, GRACE);
        }
    }
    // Where the system does not show who is left, they have all of the time.
    within(GRACE, || procfs::threads(script.id()).is_some_and(|left| left.is_empty()));
    let _ = kill_process_group(group, Signal::KILL);
}

/// Waits for the end of a script for a time at the most, and does not reap it; returns whether it
/// has ended.
fn has_ended(script: &Child, time: Duration) -> bool {
    kit::deadline::has_ended(Pid::from_child(script), Deadline::after(time)).unwrap_or(true)
}

/// Waits until the condition holds, for a time at the most.
fn within(time: Duration, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() && began.elapsed() < time {
        thread::sleep(Duration::from_millis(2));
    }
}

/// Returns the exit code of a process that has ended so, by a signal as a shell has it.
fn code(status: ExitStatus) -> u8 {
    let signal = || status.signal().map(|signal| 128 + signal);
    status.code().or_else(signal).and_then(|code| code.try_into().ok()).unwrap_or(1)
}
