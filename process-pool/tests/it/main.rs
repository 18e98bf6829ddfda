//! Every claim of the topic `process-pool`, as a test with a sentence for a name.

mod command_line;
mod death;
mod end_of_a_run;
mod readme;
mod submit;

use std::path::Path;
use std::process::Command;

use process_pool::{Pool, worker};

/// This topic's binary: what the pools start as their workers.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_process-pool"))
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
