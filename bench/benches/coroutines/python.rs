//! Python's side of the bench, asked over pipes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use super::Ran;

/// A Python that answers until its standard input ends, and is reaped then.
pub(super) struct Python {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts it; `None`, said aloud, where there is none.
    pub(super) fn start() -> Option<Self> {
        let mut command = Command::new("python3");
        command
            .args(["-I", "-c", include_str!("../coroutines.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child =
            command.spawn().inspect_err(|error| eprintln!("python3 is left out: {error}")).ok()?;
        let (asks, answers) = (child.stdin.take(), BufReader::new(child.stdout.take()?));
        Some(Self { child, asks, answers })
    }

    pub(super) fn run(&mut self, workload: &str, times: u64) -> Ran {
        writeln!(self.asks.as_mut().expect("it is open until the end"), "{workload} {times}")
            .expect("it listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("python3 answers");
        let numbers: Vec<u64> =
            line.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        (Duration::from_nanos(numbers[0]), numbers[1])
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.asks.take());
        // It ends with its input; this fails only for a child that is reaped already.
        let _ = self.child.wait();
    }
}
