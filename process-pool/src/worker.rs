//! What this program is when a pool starts it once more: a worker.
//!
//! The variable [`ROLE`] in its environment says so, and is looked at before the command line. Tasks come in on its standard input
//! and answers go out on its standard output, a line of JSON each. It ends when its input does: the pool closes it, or the kernel
//! when the pool's process is gone.

use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::task::{Answer, Task};

/// Names the variable that makes this program a worker, with the value `worker`.
pub const ROLE: &str = "PROCESS_POOL_CHILD";

/// Makes the command that starts `program`, which has to be this topic's binary, as a worker.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    // By this name it is found in a list of processes, whatever path led to it.
    command.arg0("process-pool").env(ROLE, "worker");
    command
}

/// Works until there are no more tasks, if the environment says so; `None` if it says nothing, and this is no worker.
pub fn play() -> Option<ExitCode> {
    let role = std::env::var_os(ROLE)?;
    let worked = if role == "worker" {
        serve(io::stdin().lock(), io::stdout().lock())
    } else {
        Err(io::Error::other(format!("{ROLE} is {role:?}; it takes worker")))
    };
    Some(worked.map_or_else(
        |error| {
            // There is nowhere left to complain when this fails.
            let _ = writeln!(io::stderr(), "process-pool: {error}");
            ExitCode::from(2)
        },
        |()| ExitCode::SUCCESS,
    ))
}

fn serve(tasks: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    for line in tasks.lines() {
        let task: Task = serde_json::from_str(&line?)?;
        let answer = Answer { pid: std::process::id(), value: task.run() };
        let line = serde_json::to_string(&answer)?;
        // Standard output is written at each line's end.
        writeln!(answers, "{line}")?;
    }
    Ok(())
}
