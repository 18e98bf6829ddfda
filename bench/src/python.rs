//! Pythons that stay, and time themselves.
//!
//! One process of each interpreter answers for a whole bench: its start is in no figure, and what it
//! measures is measured inside, so that the way there and back is in none either. Its script,
//! `bench/python/<name>.py`, reads a line, does what the line asks for, and answers with numbers in
//! one: nanoseconds, as a rule.
//!
//! The environment variable `PYTHONS` lists the interpreters, with a colon between two; without it,
//! there is the one that `PYTHON` names, or `python3`. One that cannot be used, or that ends or hangs
//! in the middle, is told in one line and left out; the rest goes on.

use std::fmt::Display;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use kit::child::ChildGuard;
use kit::python::Interpreter;

/// How long an answer may take: the longest timed run of any script takes a tenth of it.
const DEADLINE: Duration = Duration::from_secs(60);

/// The interpreters of a bench, each with the same script.
///
/// # Examples
/// ```no_run
/// # use bench::python::Pythons;
/// Pythons::start("pools", &[2]).each(|python| {
///     let took = python.time("empty 1000");
///     println!("{}: {took:?}", python.name());
/// });
/// ```
pub struct Pythons(Vec<Python>);

impl Pythons {
    /// Starts a script with arguments on each interpreter that there is.
    pub fn start(script: &str, arguments: &[u64]) -> Self {
        Self::of(interpreters(), script, arguments)
    }

    /// As [`start`](Self::start), on interpreters that the caller has.
    pub fn of(interpreters: &[Interpreter], script: &str, arguments: &[u64]) -> Self {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(script).with_extension("py");
        let start = |interpreter: &Interpreter| {
            let mut command = interpreter.command();
            command.arg(&file).args(arguments.iter().map(ToString::to_string));
            let started = Python::start(interpreter, command);
            let told = |error: &_| eprintln!("{} is left out: {error}", interpreter.name);
            started.inspect_err(told).ok()
        };
        Self(interpreters.iter().filter_map(start).collect())
    }

    /// Runs something for each interpreter that still answers. One that does not, from here on, is
    /// told and left out.
    ///
    /// # Panics
    /// As `run`, but for what an interpreter's end makes it do.
    pub fn each(&mut self, mut run: impl FnMut(&mut Python)) {
        self.0.retain_mut(|python| {
            let name = python.name().to_owned();
            until_gone(&name, || run(&mut *python))
        });
    }

    /// Returns the first that there is.
    pub fn first(self) -> Option<Python> {
        self.0.into_iter().next()
    }
}

/// Returns the interpreters that were given, asked once; what cannot be used is told in a line.
pub fn interpreters() -> &'static [Interpreter] {
    static GIVEN: OnceLock<Vec<Interpreter>> = OnceLock::new();
    GIVEN.get_or_init(|| {
        let told = |why: String| eprintln!("{why}");
        let answers = kit::python::interpreters().into_iter();
        answers.filter_map(|python| python.map_err(told).ok()).collect()
    })
}

/// Why an interpreter answers no more: what a bench is unwound with.
struct Gone(String);

/// An interpreter that runs one of the scripts; it ends with its standard input, and is reaped,
/// when this is dropped.
pub struct Python {
    interpreter: Interpreter,
    asks: Option<ChildStdin>,
    answers: Receiver<String>,
    /// Dropped last: the child ends with its input, and is killed if it does not.
    child: ChildGuard,
}

impl Python {
    fn start(interpreter: &Interpreter, mut command: Command) -> std::io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (asks, out) = (child.stdin.take(), child.stdout.take());
        let child = ChildGuard::of(child, Duration::MAX);
        let (send, answers) = std::sync::mpsc::channel();
        std::thread::Builder::new().spawn(move || {
            use std::io::BufRead;
            let lines = out.into_iter().flat_map(|out| std::io::BufReader::new(out).lines());
            // Without a receiver, nobody asks any more.
            lines.map_while(Result::ok).try_for_each(|line| send.send(line)).ok()
        })?;
        Ok(Self { interpreter: interpreter.clone(), asks, answers, child })
    }

    /// Returns its name beside others: `python3`, `python3.14 free-threaded`.
    pub fn name(&self) -> &str {
        &self.interpreter.name
    }

    /// Returns what its event loop is called beside others.
    pub fn asyncio(&self) -> String {
        match self.name() {
            "python3" => "asyncio".into(),
            name => format!("asyncio, {name}"),
        }
    }

    /// Returns what it is.
    pub fn interpreter(&self) -> &Interpreter {
        &self.interpreter
    }

    /// Returns the numbers of its next line.
    ///
    /// # Panics
    /// If it has ended, hangs, or says something else; [`Pythons::each`] catches that.
    pub fn answer<const N: usize>(&mut self) -> [u64; N] {
        let line = self.line().unwrap_or_else(|why| gone(why));
        let numbers = line.split_whitespace().map(str::parse);
        let numbers: Result<Vec<u64>, _> = numbers.collect();
        let wanted = numbers.ok().and_then(|numbers| numbers.try_into().ok());
        wanted.unwrap_or_else(|| gone(format!("it answered {line:?}, and not with {N} numbers")))
    }

    /// Waits for its next line, or for its end: what it has forked may keep its output open.
    fn line(&mut self) -> Result<String, String> {
        let until = std::time::Instant::now() + DEADLINE;
        loop {
            match self.answers.recv_timeout(Duration::from_secs(1)) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Timeout) if std::time::Instant::now() > until => {
                    return Err(format!("it has not answered within {} s", DEADLINE.as_secs()));
                }
                Err(RecvTimeoutError::Timeout) if self.child.is_running().unwrap_or(false) => {}
                Err(_) => {
                    let status = self.child.wait_timeout(Duration::from_secs(5));
                    let status = status.ok().flatten().map(|status| format!(" with {status}"));
                    return Err(format!("it has ended{}", status.unwrap_or_default()));
                }
            }
        }
    }

    /// Asks for something in one line.
    ///
    /// # Panics
    /// As [`answer`](Self::answer).
    pub fn ask<const N: usize>(&mut self, line: impl Display) -> [u64; N] {
        if let Some(asks) = &mut self.asks {
            // One that has ended is found by its answer.
            let _ = writeln!(asks, "{line}");
        }
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

/// Runs something that asks an interpreter; tells whether the interpreter has answered to the end. If
/// not, it says so in a line.
///
/// # Panics
/// As `run`, but for [`gone`].
pub fn until_gone(name: &str, run: impl FnOnce()) -> bool {
    let Err(panic) = catch_unwind(AssertUnwindSafe(run)) else { return true };
    match panic.downcast::<Gone>() {
        Ok(gone) => eprintln!("{name} is left out from here on: {}", gone.0),
        Err(panic) => resume_unwind(panic),
    }
    false
}

/// Unwinds, without a word of the panic hook, to [`until_gone`]: an interpreter answers no more.
///
/// # Panics
/// Always.
pub fn gone(why: String) -> ! {
    resume_unwind(Box::new(Gone(why)))
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.asks.take());
        // It ends with its input, and its pools with it; the guard kills one that does not.
        let _ = self.child.wait_timeout(Duration::from_secs(5));
    }
}
