//! Which open files a child has: after a fork all of them, after an exec those without
//! close-on-exec (`FD_CLOEXEC`).
//!
//! A parent (this program once more) opens a file, which is its own binary, and starts a child in
//! one of five [ways](Way). Both list what they have open, from `/proc/self/fd`. std opens every
//! file with close-on-exec; a file that C code has opened, or whose flag was cleared, is inherited
//! by every child, also by one that another thread starts at that moment.
#![expect(unsafe_code, reason = "between fork and exec, only async-signal-safe calls are allowed")]

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use kit::child::{Entry, program};
use rustix::io::{FdFlags, fcntl_setfd};
use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::lane::PARENT;
use crate::messages::{argument, ask, print_json};
use crate::start::{bound_lifetime, forked};

mod exec;

pub use exec::exec;

/// The parent of this lesson, and its child.
pub const CHILDREN: &[Entry] = &[FILE_OWNER, LIST_FILES, exec::BEFORE, exec::AFTER];

const FILE_OWNER: Entry = Entry {
    name: "file-owner",
    run: |arguments| {
        bound_lifetime();
        print_json(&start_child(argument(arguments)?)?)
    },
};

const LIST_FILES: Entry = Entry {
    name: "list-files",
    run: |_| {
        bound_lifetime();
        print_json(&open_files()?)
    },
};

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

/// An open file of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFile {
    /// Its descriptor.
    pub descriptor: i32,
    /// Its path, or what the system shows in place of one.
    pub target: String,
    /// Whether close-on-exec is set.
    pub close_on_exec: bool,
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
    /// Returns the descriptors under which the child has the file.
    pub fn in_the_child(&self) -> Vec<i32> {
        let same = |open: &&OpenFile| open.target == self.file.target;
        self.child.iter().filter(same).map(|open| open.descriptor).collect()
    }

    /// Returns whether the next child has the file, which was not handed to it.
    pub fn leaks(&self) -> bool {
        self.next.iter().any(|open| open.target == self.file.target)
    }
}

/// Starts a child in a way; `program` has to be this topic's binary.
pub fn run(program: &Path, way: Way) -> io::Result<InheritedFiles> {
    if !Path::new("/proc/self/fd").exists() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "no /proc/PID/fd here"));
    }
    let _parent = PARENT.holds("the file");
    ask(program, &FILE_OWNER, &way)
}

fn start_child(way: Way) -> io::Result<InheritedFiles> {
    let program = program()?;
    let mut file = File::open(&program)?;
    let mut descriptor = file.as_raw_fd();
    let mut command = LIST_FILES.command(&program);
    let mut forked = None;
    match way {
        Way::Forked => forked = Some(forked_child(&mut file)?),
        Way::FlagCleared => fcntl_setfd(&file, FdFlags::empty())?,
        Way::AsOpened => {}
        Way::AsInput => {
            // std makes it descriptor 0 of the child by dup2; the copy has no close-on-exec.
            command.stdin(OwnedFd::from(file.try_clone()?));
        }
        Way::FlagClearedInTheChild => {
            let handed = file.try_clone()?;
            descriptor = handed.as_raw_fd();
            hand_over(&mut command, handed.into());
        }
    }
    let child = forked.map_or_else(|| list_of(&mut command), Ok)?;
    let parent = open_files()?;
    let next = list_of(&mut LIST_FILES.command(&program))?;
    let found = parent.iter().find(|open| open.descriptor == descriptor).cloned();
    let offset = file.stream_position()?;
    Ok(InheritedFiles { file: found.ok_or(io::ErrorKind::NotFound)?, parent, child, next, offset })
}

/// Lets one child have a file under the descriptor that it has here, and no other child.
fn hand_over(command: &mut Command, file: OwnedFd) {
    let clear = move || {
        // The closure owns the file: its descriptor is open for as long as the closure is there.
        let file: BorrowedFd<'_> = file.as_fd();
        Ok(fcntl_setfd(file, FdFlags::empty())?)
    };
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
    match child.wait()? {
        Exit::SUCCESS => Ok(list),
        exit => Err(io::Error::other(format!("the child ended with {exit:?}"))),
    }
}

/// Lists the open files of this process.
fn open_files() -> io::Result<Vec<OpenFile>> {
    let mut open = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let Some(descriptor) = entry?.file_name().to_str().and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}"));
        let target = fs::read_link(format!("/proc/self/fd/{descriptor}"));
        // The directory that is being read is among them, and is left out.
        if let (Ok(target), Ok(info)) = (target, info)
            && !target.starts_with(format!("/proc/{}", std::process::id()))
        {
            let flags = info
                .lines()
                .find_map(|line| u64::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
            let close_on_exec = flags.is_some_and(|flags| flags & 0o2_000_000 != 0);
            let target = target.to_string_lossy().into_owned();
            open.push(OpenFile { descriptor, target, close_on_exec });
        }
    }
    open.sort_by_key(|open| open.descriptor);
    Ok(open)
}
