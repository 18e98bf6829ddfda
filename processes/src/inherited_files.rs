//! Which open files a child gets: by fork all of them, by exec those that are not marked
//! close-on-exec.
//!
//! A parent (this program once more) opens a file, which is its own binary, and starts a child in
//! one of five [ways](Way). Both say what they have open, as `/proc/self/fd` has it. Rust's std
//! marks everything that it opens; what comes from C code, or was unmarked, is inherited by every
//! child, also by those that another thread starts at that moment.
#![expect(
    unsafe_code,
    reason = "what is done between fork and exec has to be what a signal handler may do"
)]

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::io::{FdFlags, fcntl_setfd};
use serde::{Deserialize, Serialize};
use tracing::info_span;

use crate::child::{command, this_program};
use crate::spawn_and_wait::{Ended, lane};
use crate::start::{forked, say, told};

/// How the child is started, and what is done with the file before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// A program is started; the mark was taken off the file.
    Unmarked,
    /// A program is started, and the file is as std has opened it.
    AsOpened,
    /// A program is started with the file as its standard input.
    AsInput,
    /// A program is started, and the mark is taken off in the child, between fork and exec.
    UnmarkedInTheChild,
    /// The parent forks, and starts no program.
    Forked,
}

/// An open file of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Its descriptor.
    pub number: i32,
    /// What it is.
    pub target: String,
    /// Whether a program that is executed does not get it.
    pub closes: bool,
}

/// Shows what both had open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The file, as the parent has it to hand it over.
    pub file: Open,
    /// All of the parent's.
    pub parent: Vec<Open>,
    /// All of the child's.
    pub child: Vec<Open>,
    /// What the same parent's next child has, which is started in the usual way and handed nothing.
    pub next: Vec<Open>,
    /// Where in the file the parent is, after the child has read 4 bytes of it, if it could; nobody
    /// else has read any.
    pub place: u64,
}

impl Shown {
    /// Returns the numbers under which the child has the file.
    pub fn in_the_child(&self) -> Vec<i32> {
        let same = |open: &&Open| open.target == self.file.target;
        self.child.iter().filter(same).map(|open| open.number).collect()
    }
}

/// Starts a child in a way; `program` has to be this topic's binary.
///
/// # Errors
/// It cannot be started, or, [`Unsupported`](io::ErrorKind::Unsupported), the system does not show
/// open files.
pub fn run(program: &Path, way: Way) -> io::Result<Shown> {
    if !Path::new("/proc/self/fd").exists() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "no /proc/PID/fd here"));
    }
    let _parent = lane("parent", || info_span!("holds", what = "the file"));
    let _child = lane("child", || info_span!("runs", what = "says what it has open"));
    told(program, "files", &way)
}

/// What the parent does, whom the argument tells the way.
pub(crate) fn parent(argument: &str) -> io::Result<()> {
    say(&started(serde_json::from_str(argument)?)?)
}

/// What the child does: says what it has open.
pub(crate) fn list(_: &str) -> io::Result<()> {
    say(&open_files()?)
}

fn started(way: Way) -> io::Result<Shown> {
    let program = this_program()?;
    let mut file = File::open(&program)?;
    let mut number = file.as_raw_fd();
    let mut usual = command(&program, "list");
    let mut command = command(&program, "list");
    let (child, parent) = match way {
        Way::Forked => {
            let parent = open_files()?;
            (forked_child(&mut file)?, parent)
        }
        Way::Unmarked => {
            fcntl_setfd(&file, FdFlags::empty())?;
            (listed(&mut command)?, open_files()?)
        }
        Way::AsOpened => (listed(&mut command)?, open_files()?),
        Way::AsInput => {
            // std makes 0 of it in the child, by dup2; the copy has no mark.
            command.stdin(OwnedFd::from(file.try_clone()?));
            (listed(&mut command)?, open_files()?)
        }
        Way::UnmarkedInTheChild => {
            let handed = file.try_clone()?;
            number = handed.as_raw_fd();
            hand_over(&mut command, handed.into());
            (listed(&mut command)?, open_files()?)
        }
    };
    let next = listed(&mut usual)?;
    let found = parent.iter().find(|open| open.number == number).cloned();
    let file_open = found.ok_or(io::ErrorKind::NotFound)?;
    Ok(Shown { file: file_open, parent, child, next, place: file.stream_position()? })
}

/// Lets a child have a file, under the number that it has here, and no other child.
fn hand_over(command: &mut Command, file: OwnedFd) {
    let unmark = move || {
        // SAFETY: this closure owns the file, which is open for as long as the closure is there.
        let file: BorrowedFd<'_> = file.as_fd();
        Ok(fcntl_setfd(file, FdFlags::empty())?)
    };
    // SAFETY: between fork and exec, only what a signal handler may do is allowed, since the parent
    // may have had other threads. This is one system call, and allocates nothing.
    unsafe { command.pre_exec(unmark) };
}

fn listed(command: &mut Command) -> io::Result<Vec<Open>> {
    let output = command.stderr(Stdio::inherit()).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Forks; the child reads 4 bytes of the file, and says what it has open.
fn forked_child(file: &mut File) -> io::Result<Vec<Open>> {
    let (from_child, to_parent) = io::pipe()?;
    let child = forked(|| {
        file.read_exact(&mut [0; 4])?;
        serde_json::to_writer(&to_parent, &open_files()?)?;
        Ok(0)
    })?;
    // The child has its own; as long as there is one here, the pipe has no end.
    drop(to_parent);
    let said = serde_json::from_reader(from_child)?;
    match child.wait()? {
        Ended::Exited(0) => Ok(said),
        ended => Err(io::Error::other(format!("the child ended with {ended:?}"))),
    }
}

/// Lists what this process has open, but for the list itself.
fn open_files() -> io::Result<Vec<Open>> {
    let mut open = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let Some(number) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}"));
        let target = fs::read_link(format!("/proc/self/fd/{number}"));
        // The directory that is being read is listed as well, and is open for as long as it is
        // read.
        if let (Ok(target), Ok(info)) = (target, info)
            && !target.starts_with(format!("/proc/{}", std::process::id()))
        {
            let flags = info
                .lines()
                .find_map(|line| line.strip_prefix("flags:")?.trim().parse::<u64>().ok());
            // They are octal, so O_CLOEXEC, 02000000, is seen in the seventh digit.
            let closes = flags.is_some_and(|flags| (flags / 1_000_000 % 10) & 2 != 0);
            open.push(Open { number, target: target.to_string_lossy().into_owned(), closes });
        }
    }
    open.sort_by_key(|open| open.number);
    Ok(open)
}
