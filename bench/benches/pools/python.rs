//! A Python that stays, and times itself.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Answers until its standard input ends, and is reaped then.
pub(super) struct Python {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts it with a script; `None`, said aloud, where there is none.
    pub(super) fn start(script: &str) -> Option<Self> {
        let mut command = Command::new("python3");
        command.args(["-I", "-c", script, &super::WORKERS.to_string()]);
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.inspect_err(|error| eprintln!("python3 is left out: {error}")).ok()?;
        let (asks, answers) = (child.stdin.take(), child.stdout.take()?);
        Some(Self { child, asks, answers: BufReader::new(answers) })
    }

    /// Has it do so many tasks.
    pub(super) fn time(&mut self, workload: &str, tasks: usize) -> Duration {
        let asks = self.asks.as_mut().expect("it is open until the end");
        writeln!(asks, "{workload} {tasks}").expect("python3 listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("python3 answers");
        Duration::from_nanos(line.trim().parse().expect("it answers with a number"))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.asks.take());
        // It ends with its input; this fails only for a child that is reaped already.
        let _ = self.child.wait();
    }
}
