//! A process's names: its PID, its parent's PID, the name in its command line, and its own (`comm`).
//!
//! The two names come from different places. The parent chooses the first word of the command line
//! (`argv[0]`). The process name (`comm`) is that of the file that was started, until the process
//! sets another: it is the name of a thread, and main's is the process's. `ps` shows the process
//! name, `ps -f` the command line.

#![cfg_attr(
    target_os = "linux",
    expect(unsafe_code, reason = "no safe wrapper suspends a process by vfork")
)]

use std::ffi::CString;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, parent_id};
use std::path::Path;

use kit::child::{ChildGuard, DEADLINE, Entry};
use kit::process_lane::{Lane, PARENT};

use crate::messages::{argument, numbers};
use crate::procfs;

mod states;

pub use states::states;

/// The children of this lesson.
pub const CHILDREN: &[Entry] = &[NAMED, states::SPINS, states::SUSPENDED];

const NAMED: Entry = Entry { name: "named", run: child };

/// The kernel keeps this many bytes of a process name and cuts off the rest, without an error.
pub const COMM_BYTES: usize = 15;

/// The names of a child, as its parent sees them from outside (Linux).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessNames {
    /// The PID that its parent has for it.
    pub pid: u32,
    /// The PIDs of the child and of its parent, as the child itself has them.
    pub inside: (u32, u32),
    /// The first word of its command line.
    pub command: String,
    /// Its process name.
    pub comm: String,
}

/// Starts `program` under a name; the child sets its own process name, if one is given. Reads both
/// names while the child runs.
pub fn named(program: &Path, name: &str, comm: Option<&str>) -> io::Result<ProcessNames> {
    let mut command = NAMED.command(program);
    command.arg(serde_json::to_string(&comm)?).arg0(name);
    let mut child = ChildGuard::start(&mut command, DEADLINE)?;
    let (out, pid) = (child.stdout(), child.id());
    let waits = PARENT.waits("its PIDs", "child");
    let line = child.recv_line(&out)?;
    drop(waits);
    let _child = Lane::of("child", pid).waits("its input", "parent");
    let _parent = PARENT.runs("looks at it");
    let [own, parent] = numbers(&line)?;
    let command = procfs::command_line(pid)?.swap_remove(0);
    let comm = procfs::process(pid)?.ok_or(io::ErrorKind::NotFound)?.name;
    child.close_stdin();
    child.wait()?;
    Ok(ProcessNames { pid, inside: (own, parent), command, comm })
}

/// What the child does: sets its process name, writes its PIDs, and waits for the end of its input.
fn child(arguments: &[String]) -> io::Result<()> {
    if let Some(comm) = argument::<Option<String>>(arguments)? {
        let comm = CString::new(comm)?;
        // A call in main names the process, too. std names a thread in the same way, but only one
        // that it starts.
        #[cfg(target_os = "linux")]
        rustix::thread::set_name(&comm)?;
        #[cfg(not(target_os = "linux"))]
        drop(comm);
    }
    writeln!(io::stdout(), "{} {}", std::process::id(), parent_id())?;
    io::stdin().read_to_end(&mut Vec::new()).map(drop)
}
