//! What a process is called, and by whom: its number, its parent's, the name in its command line,
//! its title.
//!
//! The two names come from different places. The first word of the command line (`argv[0]`) is
//! whatever the starter writes there. The title (`comm`) is the name of the file that was started,
//! until the process gives itself another: it is a name of the thread, and main's is the process's.
//! `ps` shows the title, `ps -f` the command line.

use std::ffi::CString;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, parent_id};
use std::path::Path;
use std::process::Stdio;

use tracing::info_span;

use crate::child::{DEADLINE, Guarded, command, numbers};
use crate::proc;
use crate::spawn_and_wait::lane;

/// The title is kept in so many bytes; what is more is cut off, and nobody is told.
pub const TITLE: usize = 15;

/// Shows who a child is, as its parent sees it from outside (Linux).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The number that its parent has for it.
    pub number: u32,
    /// The numbers of the child and of its parent, as the child itself has them.
    pub inside: (u32, u32),
    /// The first word of its command line.
    pub command: String,
    /// Its title.
    pub title: String,
}

/// Starts `program` under a name of the starter's choice, and lets it give itself a title, if one
/// is given. Looks at it while it runs.
///
/// # Errors
/// It cannot be started, or looked at, or takes longer than its [deadline](crate::child::DEADLINE).
pub fn named(program: &Path, name: &str, title: Option<&str>) -> io::Result<Names> {
    let mut command = command(program, format_args!("name:{}", title.unwrap_or_default()));
    let command = command.arg0(name).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = Guarded::of(command.spawn()?, DEADLINE);
    let out = child.out();
    let number = child.id();
    let parents = lane("parent", || info_span!("waits", what = "its numbers", from = "child"));
    let said = child.said(&out)?;
    drop(parents);
    let _child = lane("child", || info_span!("waits", what = "its input", from = "parent"));
    let _parent = lane("parent", || info_span!("runs", what = "looks at it"));
    let [own, parent] = numbers(&said)?;
    let command = proc::command_line(number)?.swap_remove(0);
    let seen = proc::look(number)?.ok_or(io::ErrorKind::NotFound)?;
    child.hang_up();
    child.wait()?;
    Ok(Names { number, inside: (own, parent), command, title: seen.name })
}

/// What the child does: gives itself the title, says its numbers, and waits for the end of its
/// input.
///
/// # Errors
/// The title holds a zero byte, or nobody reads what is written.
pub fn child(title: &str) -> io::Result<()> {
    if !title.is_empty() {
        let title = CString::new(title)?;
        // On main it names the process as well; std names a thread in the same way, but only one
        // that it starts.
        #[cfg(target_os = "linux")]
        rustix::thread::set_name(&title)?;
        #[cfg(not(target_os = "linux"))]
        drop(title);
    }
    writeln!(io::stdout(), "{} {}", std::process::id(), parent_id())?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
