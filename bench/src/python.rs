//! A Python that stays, and times itself.
//!
//! One interpreter answers for a whole bench: its start is in no figure, and what it measures is
//! measured inside, so that the way there and back is in none either. Its script,
//! `bench/python/<name>.py`, reads a line, does what the line asks for, and answers with numbers in
//! one: nanoseconds, as a rule.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Once;
use std::time::Duration;

/// An interpreter that runs one of the scripts; it ends with its standard input, and is reaped,
/// when this is dropped.
///
/// # Examples
/// ```no_run
/// # use bench::python::Python;
/// if let Some(mut python) = Python::start("pools", &[2]) {
///     println!("{:?}", python.time("empty 1000"));
/// }
/// ```
pub struct Python {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts a script with arguments; `None`, said once, where there is no Python.
    pub fn start(script: &str, arguments: &[u64]) -> Option<Self> {
        static SAID: Once = Once::new();
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(script).with_extension("py");
        let mut command = kit::python::command();
        command.arg(file).args(arguments.iter().map(ToString::to_string));
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let say = |error: &_| SAID.call_once(|| eprintln!("python3 is left out: {error}"));
        let mut child = started.inspect_err(say).ok()?;
        let (asks, answers) = (child.stdin.take(), child.stdout.take()?);
        Some(Self { child, asks, answers: BufReader::new(answers) })
    }

    /// Returns the numbers of its next line.
    ///
    /// # Panics
    /// If the script has ended, or says something else.
    pub fn answer<const N: usize>(&mut self) -> [u64; N] {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("python3 answers");
        let numbers =
            line.split_whitespace().map(|number| number.parse().expect("it answers with numbers"));
        numbers.collect::<Vec<_>>().try_into().expect("it answers with so many")
    }

    /// Asks for something in one line.
    ///
    /// # Panics
    /// As [`answer`](Self::answer).
    pub fn ask<const N: usize>(&mut self, line: impl Display) -> [u64; N] {
        let asks = self.asks.as_mut().expect("it is open until the end");
        writeln!(asks, "{line}").expect("python3 listens");
        self.answer()
    }

    /// Asks for something that is answered with the nanoseconds that it took.
    ///
    /// # Panics
    /// As [`answer`](Self::answer).
    pub fn time(&mut self, line: impl Display) -> Duration {
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
