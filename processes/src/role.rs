//! What this program is when a lesson starts it once more, as a child.
//!
//! The variable [`ROLE`] in its environment says so, and is looked at before the command line. So
//! the child of a lesson is no other program that would have to be found, and a test can be its
//! parent as well as the binary.

use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::process::{ExitCode, exit};
use std::str::FromStr;

use crate::parts;

/// Names the variable that makes this program a child of a lesson.
pub const ROLE: &str = "PROCESSES_CHILD";

/// Says what a child does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Ends at once with an exit code: `exit:3`.
    Exit(i32),
    /// Says "ready", and waits for the end of its standard input: `wait`.
    Wait,
    /// Writes so many lines of 1 KiB to its standard output, and as many to its standard error, by
    /// turns: `speak:128`.
    Speak(u32),
    /// Writes so many lines, each only after an answer to the one before: `converse:3`.
    Converse(u32),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(code) => write!(f, "exit:{code}"),
            Self::Wait => write!(f, "wait"),
            Self::Speak(lines) => write!(f, "speak:{lines}"),
            Self::Converse(lines) => write!(f, "converse:{lines}"),
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let role = match text.split_once(':') {
            None if text == "wait" => Some(Self::Wait),
            Some(("exit", code)) => code.parse().ok().map(Self::Exit),
            Some(("speak", lines)) => lines.parse().ok().map(Self::Speak),
            Some(("converse", lines)) => lines.parse().ok().map(Self::Converse),
            _ => None,
        };
        role.ok_or_else(|| {
            format!("{ROLE} is {text:?}; it takes exit:CODE, wait, speak:LINES, converse:LINES")
        })
    }
}

/// Plays the role that the environment names, to its end; `None` if it names none, and this is no
/// child.
pub fn play() -> Option<ExitCode> {
    let text = std::env::var_os(ROLE)?;
    // Children wait for children of their own, and listen to signals, whatever their parent ignores
    // or blocks.
    kit::signals::restore_inherited();
    if let Some(played) = parts::play(&text.to_string_lossy()) {
        return Some(played);
    }
    Some(match text.to_string_lossy().parse::<Role>() {
        Err(wrong) => {
            // There is nowhere left to complain when this fails.
            let parts = parts::names().collect::<Vec<_>>().join(", ");
            let _ = writeln!(io::stderr(), "processes: {wrong}; or a part in a lesson: {parts}");
            ExitCode::from(2)
        }
        // Without a parent there is nobody to say it to.
        Ok(role) => role.play().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
    })
}

impl Role {
    fn play(self) -> io::Result<()> {
        let (mut out, mut err) = (io::stdout(), io::stderr());
        match self {
            Self::Exit(code) => exit(code),
            Self::Wait => {
                writeln!(out, "ready")?;
                io::stdin().read_to_end(&mut Vec::new())?;
            }
            Self::Speak(lines) => {
                for line in 1..=lines {
                    // The pipe's name, the line's number, blanks: 1024 bytes with the line's end.
                    out.write_all(format!("out {line:<1019}\n").as_bytes())?;
                    err.write_all(format!("err {line:<1019}\n").as_bytes())?;
                }
            }
            Self::Converse(lines) => {
                let mut answers = io::stdin().lock().lines();
                let mut heard = "nothing".to_owned();
                for line in 1..=lines {
                    // No flush: Rust's standard output is written line by line, into a pipe too.
                    writeln!(out, "line {line}, having heard: {heard}")?;
                    heard = answers.next().ok_or(io::ErrorKind::UnexpectedEof)??;
                }
            }
        }
        Ok(())
    }
}
