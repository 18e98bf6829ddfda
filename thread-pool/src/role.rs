//! What this program is when a lesson starts it once more, as a child.
//!
//! The variable [`ROLE`] in its environment says so, and is looked at before the command line. So
//! the child of a lesson is no other program that would have to be found, and a test can be its
//! parent as well as the binary.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Output, Stdio};
use std::thread;
use std::time::Duration;

use crate::{panic, shutdown};

/// Names the variable that makes this program a child of a lesson.
pub const ROLE: &str = "THREAD_POOL_CHILD";

/// How long a child may live; a second is more than it needs.
const DEADLINE: Duration = Duration::from_secs(20);

type Role = fn() -> io::Result<()>;

/// The roles that there are.
const ROLES: [(&str, Role); 4] = [
    ("left", shutdown::left),
    ("left-to-rayon", shutdown::left_to_rayon),
    ("shut-down", shutdown::shut_down),
    ("rayon-panic", panic::panic_in_rayon),
];

/// Starts `program`, which has to call [`play`] first, in a role, and returns how it ended and what
/// it wrote.
///
/// # Errors
/// It cannot be started.
pub fn ended(program: &Path, role: &str) -> io::Result<Output> {
    Command::new(program).env(ROLE, role).stdin(Stdio::null()).output()
}

/// As [`ended`], of a child that ends well; returns what it wrote.
///
/// # Errors
/// It cannot be started, or ends otherwise than with exit code 0, as it does when it takes too
/// long.
pub fn started(program: &Path, role: &str) -> io::Result<String> {
    let ended = ended(program, role)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if ended.status.success() {
        Ok(text(&ended.stdout))
    } else {
        Err(io::Error::other(format!(
            "the child ended with {}: {}",
            ended.status,
            text(&ended.stderr)
        )))
    }
}

/// Plays the role that the environment names, to its end; `None` if it names none, and this is no
/// child.
pub fn play() -> Option<ExitCode> {
    let told = std::env::var_os(ROLE)?.to_string_lossy().into_owned();
    let Some((_, role)) = ROLES.iter().find(|(known, _)| *known == told) else {
        let known = ROLES.map(|(known, _)| known).join(", ");
        // There is nowhere left to complain when this fails.
        let _ = writeln!(io::stderr(), "thread-pool: {ROLE} is {told:?}; it takes {known}");
        return Some(ExitCode::from(2));
    };
    thread::spawn(|| {
        thread::sleep(DEADLINE);
        std::process::exit(1);
    });
    // Without a parent there is nobody to say it to.
    Some(role().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}
