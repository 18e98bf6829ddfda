//! A child with a limit: on memory, on processor time, on open files, on the size of a file.
//!
//! The kernel keeps a limit for each process (`setrlimit`), and children inherit it. So who wants
//! to limit a program that is not his own sets the limit between fork and exec, or lets a shell do
//! so: `ulimit -v 100000; exec program`. Here the child is ours, and sets it on itself before it
//! begins. What happens at the limit differs: a call fails, or a signal comes.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::process::{Resource, Rlimit, setrlimit};
use tracing::info_span;

use crate::child::{DEADLINE, Guarded};
use crate::spawn_and_wait::{Ended, lane};

/// What the child asks for, and its limit on memory: of addresses, used or not.
pub const ASKED: usize = 512 << 20;
const MEMORY: u64 = 256 << 20;
/// Its limit on open files: descriptors get numbers below it.
pub const FILES: u64 = 16;
/// Its limit on the size of a file that it writes.
pub const SIZE: u64 = 64 << 10;

/// Shows what became of a child at its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited {
    /// Its end.
    pub ended: Ended,
    /// Its last line, if there was one.
    pub last: Option<String>,
    /// The first line of what its runtime complained of.
    pub complaint: String,
}

/// Starts a child that goes to its limit: `memory`, `memory-asked`, `time`, `files` or `size`;
/// `nothing` has no limit, and asks for as much memory.
///
/// # Errors
/// It cannot be started, or takes longer than its [deadline](crate::child::DEADLINE).
pub fn limited(program: &Path, limit: &str) -> io::Result<Limited> {
    let mut child = Guarded::start(program, format_args!("limit:{limit}"), DEADLINE)?;
    let (out, err) = (child.out(), child.err());
    let _parent = lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
    let _child = lane("child", || info_span!("runs", what = "works"));
    let ended = child.wait()?.into();
    Ok(Limited { ended, last: out.to_end()?.pop(), complaint: err.line()?.unwrap_or_default() })
}

/// What the child does: sets its limit, and goes there.
///
/// # Errors
/// The system has no such limit, or nobody reads what is written.
pub fn child(limit: &str) -> io::Result<()> {
    let mut out = io::stdout();
    // Some of the ends below would leave the memory in a file, where the system is set up like
    // that.
    set(Resource::Core, 0)?;
    match limit {
        "nothing" => {
            writeln!(out, "has {} bytes", black_box(Vec::<u8>::with_capacity(ASKED)).capacity())
        }
        "memory" => {
            set(Resource::As, MEMORY)?;
            // There is no error to be handled: an allocation that fails ends the process.
            writeln!(out, "has {} bytes", black_box(Vec::<u8>::with_capacity(ASKED)).capacity())
        }
        "memory-asked" => {
            set(Resource::As, MEMORY)?;
            let mut bytes = Vec::<u8>::new();
            let said = bytes
                .try_reserve_exact(ASKED)
                .map_or_else(|error| error.to_string(), |()| "has it".into());
            writeln!(out, "{said}")
        }
        "time" => {
            // In seconds. It is time on a processor: a child that sleeps never gets there. At the
            // first limit comes SIGXCPU, which can be handled, at the second SIGKILL.
            setrlimit(Resource::Cpu, Rlimit { current: Some(1), maximum: Some(3) })?;
            loop {
                black_box(0);
            }
        }
        "files" => {
            set(Resource::Nofile, FILES)?;
            // It is a limit on the numbers: how many there are to be had depends on what the
            // process was started with.
            let mut files = Vec::new();
            let refused = loop {
                match File::open("/dev/null") {
                    Ok(file) => files.push(file),
                    Err(error) => break error,
                }
            };
            writeln!(out, "{}, then: {refused}", files.last().map_or(-1, AsRawFd::as_raw_fd))
        }
        "size" => {
            set(Resource::Fsize, SIZE)?;
            let mut file = nameless()?;
            for kib in 1_u32.. {
                file.write_all(&[0; 1024])?;
                writeln!(out, "{kib} KiB")?;
            }
            Ok(())
        }
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// Sets both limits: the one that counts (soft), and the one up to which the process itself may
/// raise that again (hard).
fn set(resource: Resource, limit: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?)
}

/// Makes a file in memory that no folder knows: however the process ends, nothing is left of it.
fn nameless() -> io::Result<File> {
    #[cfg(target_os = "linux")]
    return Ok(rustix::fs::memfd_create("limited", rustix::fs::MemfdFlags::CLOEXEC)?.into());
    #[cfg(not(target_os = "linux"))]
    Err(io::ErrorKind::Unsupported.into())
}
