//! A child with a limit: on memory, processor time, open files, or the size of a file.
//!
//! The kernel keeps limits for each process (`setrlimit`), and children inherit them. To limit a
//! program that is not one's own, set the limit between fork and exec, or let a shell do it:
//! `ulimit -v 100000; exec program`. Here the child sets its own. At the limit either a call fails,
//! or a signal comes.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::exit;
use std::thread;

use kit::child::Entry;
use kit::process_lane::{Lane, PARENT};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::messages::{argument, start};

/// The child of this lesson.
pub const CHILD: Entry = Entry { name: "limited", run: child };

/// The bytes of address space that the child asks for.
pub const ASKED: usize = 512 << 20;
/// Its limit on address space.
const MEMORY: u64 = 256 << 20;
/// Its limit on open files: descriptors are numbers below it.
pub const FILES: u64 = 16;
/// Its limit on the size of a file that it writes, in bytes.
pub const SIZE: u64 = 64 << 10;

/// What the child is limited in, and goes to the limit of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// None: it allocates as much memory as the next two.
    Nothing,
    /// Address space: an allocation that must not fail.
    Memory,
    /// Address space: an allocation that may fail.
    MemoryTried,
    /// Processor time.
    Time,
    /// Open files.
    Files,
    /// The size of a file.
    Size,
}

/// What became of a child at its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtTheLimit {
    /// Its exit status.
    pub exit: Exit,
    /// Its last line, if there was one.
    pub last: Option<String>,
    /// The first line of its standard error.
    pub complaint: String,
}

/// Starts a child that goes to its limit.
pub fn limited(program: &Path, limit: Limit) -> io::Result<AtTheLimit> {
    let mut child = start(program, &CHILD, &limit)?;
    let (out, err) = (child.stdout(), child.stderr());
    let _parent = PARENT.waits("the child's end", "child");
    let _child = Lane::of("child", child.id()).runs("works");
    let exit = child.wait()?.into();
    let complaint = err.recv_line()?.unwrap_or_default();
    Ok(AtTheLimit { exit, last: out.recv_all()?.pop(), complaint })
}

/// What the child does: sets its limit, and goes there.
fn child(arguments: &[String]) -> io::Result<()> {
    let mut out = io::stdout();
    // A process that is ended by a signal leaves its memory in a file, where the system is set up
    // like that.
    set(Resource::Core, 0)?;
    match argument(arguments)? {
        limit @ (Limit::Nothing | Limit::Memory) => {
            if limit == Limit::Memory {
                set(Resource::As, MEMORY)?;
            }
            // There is no error to handle: an allocation that fails aborts the process.
            let bytes = black_box(Vec::<u8>::with_capacity(ASKED));
            writeln!(out, "has {} bytes", bytes.capacity())
        }
        Limit::MemoryTried => {
            set(Resource::As, MEMORY)?;
            match Vec::<u8>::new().try_reserve_exact(ASKED) {
                Err(error) => writeln!(out, "{error}"),
                Ok(()) => writeln!(out, "has {ASKED} bytes"),
            }
        }
        Limit::Time => {
            // In seconds of processor time: a child that sleeps never gets there. At the first
            // limit comes SIGXCPU, which can be handled, at the second SIGKILL.
            setrlimit(Resource::Cpu, Rlimit { current: Some(1), maximum: Some(3) })?;
            // The loop reads no pipe: this thread sees that the parent is gone.
            thread::Builder::new().spawn(|| {
                let _ = io::stdin().read_to_end(&mut Vec::new());
                exit(1)
            })?;
            loop {
                black_box(0);
            }
        }
        Limit::Files => {
            set(Resource::Nofile, FILES)?;
            let mut files = Vec::new();
            let error = loop {
                match File::open("/dev/null") {
                    Ok(file) => files.push(file),
                    Err(error) => break error,
                }
            };
            // The limit is on the numbers: how many files it could open depends on what it was
            // started with.
            writeln!(out, "{}, then: {error}", files.last().map_or(-1, AsRawFd::as_raw_fd))
        }
        Limit::Size => {
            set(Resource::Fsize, SIZE)?;
            let mut file = file_in_memory()?;
            for kib in 1_u32.. {
                file.write_all(&[0; 1024])?;
                writeln!(out, "{kib} KiB")?;
            }
            Ok(())
        }
    }
}

/// Sets both limits: the soft one, which counts, and the hard one, up to which a process may raise
/// the soft one again.
fn set(resource: Resource, limit: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?)
}

/// Makes a file that is in no directory: whatever ends the process, nothing is left of it.
fn file_in_memory() -> io::Result<File> {
    #[cfg(target_os = "linux")]
    return Ok(rustix::fs::memfd_create("limited", rustix::fs::MemfdFlags::CLOEXEC)?.into());
    #[cfg(not(target_os = "linux"))]
    Err(io::ErrorKind::Unsupported.into())
}
