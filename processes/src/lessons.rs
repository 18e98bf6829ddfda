//! The lessons, each with its forms: what runs for real, what has to come out.

use std::io;
use std::path::Path;
use std::time::Duration;

use kit::child::program;
use processes::spawn_and_wait::{Ended, KIB, captured, exit_code, signal, streamed, wait_first};
use stage::{Checked, Lesson, Report, Variant, expect};

mod ending;
mod inheriting;
mod living;
mod starting;

pub(crate) use ending::{daemon, isolation, limits, orphan, pipeline, signals, zombie};
pub(crate) use inheriting::{copy_on_write, fork_with_threads, inherited_files};
pub(crate) use living::{cpus, names, threads, worker};
pub(crate) use starting::{fork, fork_server, spawn};

/// How long the parent that waits first is left waiting: long enough to be seen. The child cannot
/// end meanwhile, however long.
const PATIENCE: Duration = Duration::from_millis(100);

/// How a child ends that has nothing to complain of.
const WELL: Ended = Ended::Exited(0);

pub(crate) fn spawn_and_wait() -> Lesson {
    Lesson::new("spawn-and-wait", "how a child ended, and what it said meanwhile")
        .story("Its parent learns an exit code or a signal, and what came out of two pipes.")
        .source("processes/src/spawn_and_wait.rs")
        .variants(spawn_and_wait_variants)
}

fn spawn_and_wait_variants() -> Vec<Variant> {
    Vec::from([
            Variant::holds("exit-code", || {
                let ended = with_children(|program| Ok([exit_code(program, 3)?, exit_code(program, 259)?]))?;
                let line = "exit(3) arrives as 3, and so does exit(259): one byte of it";
                expect(ended, [Ended::Exited(3); 2], line)
            })
.story("The child calls exit(3), then exit(259): of an exit status, one byte arrives."),
            Variant::holds("signal", || {
                let ended = with_children(|program| Ok([signal(program)?, exit_code(program, 137)?]))?;
                let shell = ended.map(Ended::as_in_a_shell);
                let line = "signal 9 is not exit(137); a shell says 137 of both";
                expect((ended, shell), ([Ended::Signalled(9), Ended::Exited(137)], [137; 2]), line)
            })
.story("One child is killed by signal 9, one exits with 137: the wait status tells them apart, a shell does not."),
            Variant::breaks("wait-first", || {
                let seen = with_children(|program| wait_first(program, PATIENCE))?;
                let patience = PATIENCE.as_millis();
                let line = format!("{patience} ms on, it still runs: its pipe is full");
                let shown = expect((seen.unread, seen.is_whole(), seen.ended), (None, true, WELL), line)?;
                Ok(shown.fact("read at last", format!("{KIB} KiB from each pipe, and code 0")))
            })
.story("The parent waits for the exit before it reads: the child blocks on a full pipe, and neither can move."),
            Variant::holds("captured", || {
                let seen = with_children(captured)?;
                let line = format!("both pipes read at once: {KIB} KiB from each, and code 0");
                expect((seen.is_whole(), seen.ended), (true, WELL), line)
            })
.story("Two threads of the parent read both pipes at once, so the child never blocks on a full one."),
            Variant::holds("streamed", || {
                let (arrived, ended) = with_children(|program| streamed(program, 3))?;
                let running = arrived.iter().filter(|line| line.running).count();
                let last = arrived.last().map(|last| last.line.clone()).unwrap_or_default();
                let line = "3 lines, each read and answered while the child ran";
                let shown = expect((arrived.len(), running, ended), (3, 3, WELL), line)?;
                Ok(shown.fact("the last", last))
            })
.story("The parent reads one line at a time and answers it while the child runs."),
        ],
    )
}

/// Runs a part of a lesson with this program as its child.
fn with_children<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    program().and_then(|program| run(&program)).map_err(|error| match error.raw_os_error() {
        Some(EAGAIN) => {
            format!("{error}: as many processes and threads as are allowed (ulimit -u)")
        }
        Some(EMFILE) => format!("{error}: as many descriptors as are allowed (ulimit -n)"),
        _ => error.to_string(),
    })
}

/// No room for another process or thread.
const EAGAIN: i32 = rustix::io::Errno::AGAIN.raw_os_error();
/// No room for another open file.
const EMFILE: i32 = rustix::io::Errno::MFILE.raw_os_error();

/// Runs a form that asks for what only Linux has or shows.
fn on_linux(run: impl FnOnce() -> Checked) -> Checked {
    if cfg!(target_os = "linux") {
        run()
    } else {
        Ok(Report::not_here("it is shown by what only Linux has"))
    }
}
