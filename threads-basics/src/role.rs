//! What this program is when a lesson starts it once more, as a child.
//!
//! The variable [`ROLE`] in its environment says so, and is looked at before the command line. So
//! the child of a lesson is no other program that would have to be found, and a test can be its
//! parent as well as the binary.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Output};

use crate::child::{DEADLINE, run};
use crate::{daemon, names, versus_process};

/// Names the variable that makes this program a child of a lesson.
pub const ROLE: &str = "THREADS_BASICS_CHILD";

/// The roles that there are, without those arguments that one may have.
const ROLES: [(&str, Role); 6] = [
    ("nothing", |_| Ok(())),
    ("overflow", |_| names::overflow()),
    ("change", versus_process::change_and_tell),
    ("detached", |_| daemon::detached()),
    ("joined", |_| daemon::joined()),
    ("stop-flag", |_| daemon::stop_flag()),
];

type Role = fn(&str) -> io::Result<()>;

/// Starts `program`, which has to call [`play`] first, in a role, and returns what it wrote. What
/// follows a colon is the role's argument.
///
/// # Errors
/// It cannot be started, takes longer than [`DEADLINE`], or ends otherwise than with exit code 0.
pub fn started(program: &Path, role: &str) -> io::Result<String> {
    let Output { status, stdout, stderr } = run(Command::new(program).env(ROLE, role), DEADLINE)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if status.success() {
        Ok(text(&stdout))
    } else {
        Err(io::Error::other(format!("the child ended with {status}: {}", text(&stderr))))
    }
}

/// Plays the role that the environment names, to its end; `None` if it names none, and this is no
/// child.
pub fn play() -> Option<ExitCode> {
    let told = std::env::var_os(ROLE)?.to_string_lossy().into_owned();
    let (name, argument) = told.split_once(':').unwrap_or((&told, ""));
    let Some((_, role)) = ROLES.iter().find(|(known, _)| *known == name) else {
        let known = ROLES.map(|(known, _)| known).join(", ");
        // There is nowhere left to complain when this fails.
        let _ = writeln!(io::stderr(), "threads-basics: {ROLE} is {told:?}; it takes {known}");
        return Some(ExitCode::from(2));
    };
    // Without a parent there is nobody to say it to.
    Some(role(argument).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}
