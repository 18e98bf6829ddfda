//! A Python that stays, and times itself: a bench takes this file in by its path.
//!
//! One interpreter answers for a whole bench, so that its start is in no figure, nor is the way there and back.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A Python that answers until its standard input ends, and is reaped then.
pub(crate) struct Python {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts a script with arguments; `None`, said aloud, where there is no Python.
    pub(crate) fn start(script: &str, arguments: &[String]) -> Option<Self> {
        let mut command = Command::new("python3");
        command.args(["-I", "-c", script]).args(arguments);
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.inspect_err(|error| eprintln!("python3 is left out: {error}")).ok()?;
        let (asks, answers) = (child.stdin.take(), child.stdout.take()?);
        Some(Self { child, asks, answers: BufReader::new(answers) })
    }

    /// Returns the numbers of its next line.
    pub(crate) fn answer<const N: usize>(&mut self) -> [u64; N] {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("python3 answers");
        let numbers = line.split_whitespace().map(|number| number.parse().expect("it answers with numbers"));
        numbers.collect::<Vec<_>>().try_into().expect("it answers with so many")
    }

    /// Asks for something in one line.
    pub(crate) fn ask<const N: usize>(&mut self, line: impl Display) -> [u64; N] {
        let asks = self.asks.as_mut().expect("it is open until the end");
        writeln!(asks, "{line}").expect("python3 listens");
        self.answer()
    }

    /// Asks for something that is answered with the nanoseconds that it took.
    #[allow(dead_code, reason = "where more is wanted than the time, a bench asks")]
    pub(crate) fn time(&mut self, line: impl Display) -> Duration {
        let [nanoseconds] = self.ask(line);
        Duration::from_nanos(nanoseconds)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.asks.take());
        // It ends with its input; this fails only for a child that is reaped already.
        let _ = self.child.wait();
    }
}
