//! Which open files a child has: after a fork all of them, after an exec those without
//! close-on-exec (`FD_CLOEXEC`).
//!
//! A parent (this program once more) opens a file, which is its own binary, and starts a child in
//! one of five [ways](Way). Both list what they have open, from `/proc/self/fd`. std opens every
//! file with close-on-exec; a file that C code has opened, or whose flag was cleared, is inherited
//! by every child, also by one that another thread starts at that moment.
#![expect(unsafe_code, reason = "between fork and exec, only async-signal-safe calls are allowed")]

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use kit::child::{Entry, program};
use kit::process_lane::PARENT;
use rustix::io::{FdFlags, fcntl_setfd};
use serde::{Deserialize, Serialize};

use crate::messages::{argument, ask, print_json};
use crate::procfs::{OpenFile, open_files};
use crate::start::{bound_lifetime, forked};

mod exec;

pub use exec::exec;

/// The parent of this lesson, and its child.
pub const CHILDREN: &[Entry] = &[FILE_OWNER, LIST_FILES, exec::BEFORE, exec::AFTER];

const FILE_OWNER: Entry =
    Entry { name: "file-owner", run: |way| print_json(&start_child(argument(way)?)?) };
const LIST_FILES: Entry = Entry { name: "list-files", run: |_| print_json(&open_files()?) };

/// How the child is started, and what happens to the file before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// A program is started; close-on-exec was cleared in the parent.
    FlagCleared,
    /// A program is started, and the file is as std has opened it.
    AsOpened,
    /// A program is started with the file as its standard input.
    AsInput,
    /// A program is started, and close-on-exec is cleared in the child, between fork and exec.
    FlagClearedInTheChild,
    /// The parent forks, and starts no program.
    Forked,
}

/// The open files of a parent and its children.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InheritedFiles {
    /// The file, as the parent has it to hand it over.
    pub file: OpenFile,
    /// All files of the parent.
    pub parent: Vec<OpenFile>,
    /// All files of the child.
    pub child: Vec<OpenFile>,
    /// All files of the parent's next child, which is started in the usual way.
    pub next: Vec<OpenFile>,
    /// The parent's file offset in the end. Only a forked child has read from the file: 4 bytes.
    pub offset: u64,
}

impl InheritedFiles {
    /// Returns the descriptors under which a child has the file.
    pub fn under(&self, child: &[OpenFile]) -> Vec<i32> {
        let same = |open: &&OpenFile| open.target == self.file.target;
        child.iter().filter(same).map(|open| open.descriptor).collect()
    }
}

/// Starts a child in a way; `program` has to be this topic's binary.
pub fn run(program: &Path, way: Way) -> io::Result<InheritedFiles> {
    let _parent = PARENT.holds("the file");
    ask(program, &FILE_OWNER, &way)
}

fn start_child(way: Way) -> io::Result<InheritedFiles> {
    bound_lifetime();
    let program = program()?;
    let mut file = File::open(&program)?;
    let mut descriptor = file.as_raw_fd();
    let mut command = LIST_FILES.command(&program);
    match way {
        Way::Forked | Way::AsOpened => {}
        Way::FlagCleared => fcntl_setfd(&file, FdFlags::empty())?,
        // std makes it descriptor 0 of the child by dup2; the copy has no close-on-exec.
        Way::AsInput => drop(command.stdin(OwnedFd::from(file.try_clone()?))),
        Way::FlagClearedInTheChild => {
            let handed = file.try_clone()?;
            descriptor = handed.as_raw_fd();
            hand_over(&mut command, handed.into());
        }
    }
    let child = if way == Way::Forked { forked_child(&mut file)? } else { list_of(&mut command)? };
    let parent = open_files()?;
    let next = list_of(&mut LIST_FILES.command(&program))?;
    let found = parent.iter().find(|open| open.descriptor == descriptor).cloned();
    let offset = file.stream_position()?;
    Ok(InheritedFiles { file: found.ok_or(io::ErrorKind::NotFound)?, parent, child, next, offset })
}

/// Lets one child have a file under the descriptor that it has here, and no other child.
fn hand_over(command: &mut Command, file: OwnedFd) {
    // The closure owns the file: its descriptor is open for as long as the closure is there.
    let clear = move || Ok(fcntl_setfd(file.as_fd(), FdFlags::empty())?);
    // SAFETY: `pre_exec` asks that the closure calls only what is async-signal-safe, for the parent
    // may have had other threads at the fork. It makes one system call, and allocates nothing.
    unsafe { command.pre_exec(clear) };
}

fn list_of(command: &mut Command) -> io::Result<Vec<OpenFile>> {
    let output = command.stderr(Stdio::inherit()).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Forks; the child reads 4 bytes of the file, and lists its open files.
fn forked_child(file: &mut File) -> io::Result<Vec<OpenFile>> {
    let (from_child, to_parent) = io::pipe()?;
    let child = forked(|| {
        file.read_exact(&mut [0; 4])?;
        serde_json::to_writer(&to_parent, &open_files()?)?;
        Ok(0)
    })?;
    // While the parent has a copy of the writing end, the pipe has no end.
    drop(to_parent);
    let list = serde_json::from_reader(from_child)?;
    child.wait().map(|_| list)
}
