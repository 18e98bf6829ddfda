//! Programs that would share what must not be shared, and that rustc refuses; beside each, one that
//! it accepts.
//!
//! Two traits do most of it: a [`Send`] value may move to another thread, a [`Sync`] one may be
//! borrowed by several. A type has them if all its parts do. The borrow checker does the rest: one
//! writer, or any number of readers, and no reference outlives the value.
//!
//! [`Program::ask`] gives each of these and its fixed twin to the rustc of this machine. They are
//! documentation tests as well.
//!
#![doc = include_str!("compiler/programs.md")]

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::process::{Command, Stdio};
use std::time::Duration;

use kit::child::ChildGuard;

/// A program that rustc refuses, and one that it accepts.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// What it is called on the command line.
    pub name: &'static str,
    /// A sentence: the program in a line, the code of rustc's error, and why it must not run.
    pub story: &'static str,
    /// The body of its `main`.
    pub refused: &'static str,
    /// That of the fixed one.
    pub fixed: &'static str,
}

/// Returns all of them, as they stand in `programs.md`.
pub fn programs() -> impl Iterator<Item = Program> {
    include_str!("compiler/programs.md").split("\n## ").skip(1).map(|section| {
        let mut parts = section.split("```");
        let mut part = || parts.next().expect("text, a program, text, a program");
        let (name, story) = part().split_once("\n\n").expect("a name and a sentence");
        let (_, refused) = part().split_once('\n').expect("a fence with rustc's code");
        let (_, fixed) = (part(), part());
        Program { name, story: story.trim_end(), refused, fixed }
    })
}

/// What rustc said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The codes of the refused program's errors.
    pub refused: Vec<String>,
    /// What was said of the fixed one: nothing, if it was accepted without a warning.
    pub fixed: String,
}

impl Program {
    /// Returns the program in a line, the code of rustc's error, and why it must not run.
    pub fn summary(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let (line, refused) =
            self.story.trim_start_matches('`').split_once("` is refused with ")?;
        let (code, why) = refused.split_once(": ")?;
        Some((line, code, why.trim_end_matches('.')))
    }

    /// Asks rustc: `$RUSTC`, or the one in the path.
    ///
    /// # Errors
    /// There is no rustc, or it does not answer.
    pub fn ask(&self) -> io::Result<Verdict> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
        self.ask_of(&rustc, LIMIT)
    }

    /// Asks this rustc, which may take this long for one program.
    ///
    /// # Errors
    /// It is not there, or does not answer.
    pub fn ask_of(&self, rustc: &OsStr, limit: Duration) -> io::Result<Verdict> {
        let said = compile(rustc, self.refused, limit)?;
        let codes = said.lines().filter_map(|line| line.split_once("error[")?.1.split_once(']'));
        Ok(Verdict {
            refused: codes.map(|(code, _)| code.to_owned()).collect(),
            fixed: compile(rustc, self.fixed, limit)?,
        })
    }
}

/// How long rustc may take for one program; it takes about a tenth of a second.
const LIMIT: Duration = Duration::from_secs(14);

/// Has a program checked; returns what rustc complains of.
fn compile(rustc: &OsStr, source: &str, limit: Duration) -> io::Result<String> {
    let mut rustc = Command::new(rustc);
    // Its result goes to its standard output, and nowhere: no file is left. (Told to write to
    // /dev/null by a user that may write to /dev, rustc puts a file in the place of the device.)
    rustc
        .args([
            "--edition=2024",
            "--crate-name=asked",
            "--emit=metadata=-",
            "--error-format=short",
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut rustc = ChildGuard::of(rustc.spawn()?, limit);
    match rustc.send_line(&format!("fn main() {{\n{source}\n}}")) {
        // It has ended without reading; what it has written is its answer.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        sent => sent?,
    }
    rustc.close_stdin();
    let complaints = rustc.stderr().recv_all()?;
    rustc.wait()?;
    Ok(complaints.join("\n"))
}
