//! Every claim of the topic `process-pool`, as a test with a sentence for a name.

mod command_line;
mod death;
mod end_of_a_run;
mod readme;
mod submit;

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use process_pool::{Pool, worker};

/// This topic's binary: what the pools start as their workers. The README's test calls Cargo, which may put another build
/// of it in its place meanwhile; so the file is kept open, and started by its descriptor where the system has paths for these.
fn program() -> &'static Path {
    static PROGRAM: LazyLock<(File, PathBuf)> = LazyLock::new(|| {
        let path = PathBuf::from(env!("CARGO_BIN_EXE_process-pool"));
        let file = File::open(&path).expect("the binary was built");
        let open = PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()));
        let path = if open.exists() { open } else { path };
        (file, path)
    });
    &PROGRAM.1
}

fn pool(workers: usize) -> Pool {
    Pool::new(worker::command(program()), workers).expect("the binary was built")
}

/// Makes a shell script the worker; in it, `exec "$0"` goes on as the real one.
fn script(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(program()).env(worker::ROLE, "worker");
    command
}
