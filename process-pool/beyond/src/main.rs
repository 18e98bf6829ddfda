//! The tasks of the lesson `crash` on a message queue that spans machines: NATS `JetStream`.
//!
//! One process publishes ten tasks; two workers take them, this same program started again. Nothing
//! but the connection to the queue ties them to their caller, so each could be on another machine.
//! Nobody sees a worker die, either: a task that is not acknowledged in time is delivered again.
//! [`run`] has what is shown, [`worker`] is a worker, [`queue`] what both know, [`server`] starts the
//! server.

use std::io::Write;
use std::process::ExitCode;

mod queue;
mod run;
mod server;
mod worker;

/// An error of any part of it; the line that is printed.
type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(|word| word.to_str().unwrap_or_default()).collect();
    let told = match words[..] {
        [] if server::program().is_none() => {
            return refused("there is no nats-server here: apt-get install nats-server");
        }
        [] => run::run(),
        ["--server-guard"] => server::guard().map(|()| String::new()),
        ["--worker", port] => worker::run(port).map(|()| String::new()),
        _ => return refused("it has no arguments: it shows what it has to show"),
    };
    match told {
        // A reader that has gone is no failure.
        Ok(told) => _ = std::io::stdout().write_all(told.as_bytes()),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn refused(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(2)
}
