//! A lock that is a file's: between processes that know a path, and given back by the kernel when
//! its holder is killed.
//!
//! `File::lock` is `flock`: it belongs to the open file, and ends when the last copy of that is
//! closed. The locks of POSIX (`fcntl`) belong to the process, and all that it has on a file end
//! when it closes *any* descriptor of that file. Both are advisory: who does not ask is not
//! stopped.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, fcntl_lock};
use tracing::info_span;

use crate::names::Names;
use crate::part::Part;
use crate::peer::{Parent, Peer};

fn start(program: &Path, names: &Names, lane: &str, does: &str) -> io::Result<Peer> {
    let mut peer = Peer::start(program, Part::FileLock, lane)?;
    peer.tell(names.path("number").display())?;
    peer.tell(does)?;
    Ok(peer)
}

/// A file with a 0 in it.
fn zero(program: &Path) -> io::Result<Names> {
    let names = Names::new(program)?;
    fs::write(names.path("number"), "0")?;
    Ok(names)
}

fn number(names: &Names) -> io::Result<u32> {
    fs::read_to_string(names.path("number"))?.parse().map_err(io::Error::other)
}

/// Two processes add 1 to the number in a file, without a lock. Both have read it before either
/// writes. Returns what is left.
///
/// # Errors
/// The file cannot be made, or a child fails.
pub fn without(program: &Path) -> io::Result<u32> {
    let names = zero(program)?;
    let mut both = [start(program, &names, "p1", "add")?, start(program, &names, "p2", "add")?];
    for peer in &mut both {
        peer.expect("read")?;
    }
    // Whoever has read has what the other one is about to change.
    let have = both
        .each_ref()
        .map(|peer| peer.lane(|| info_span!("holds", what = "a 0 that it has read")));
    for (peer, has) in both.into_iter().zip(have) {
        let runs = peer.lane(|| info_span!("runs", what = "writes 0 + 1"));
        drop(has);
        written(peer)?;
        drop(runs);
    }
    number(&names)
}

/// Lets a process write what it has made of the number that it read, and waits for its end.
fn written(mut peer: Peer) -> io::Result<()> {
    peer.tell("write")?;
    peer.ended()
}

/// The same with the file locked. The second process asks while the first has read and not yet
/// written: it is told to wait, and does. Returns what is left.
///
/// # Errors
/// The file cannot be made, or a child fails.
pub fn locked(program: &Path) -> io::Result<u32> {
    let names = zero(program)?;
    let mut first = start(program, &names, "p1", "lock and add")?;
    first.expect("read")?;
    let holds = first.lane(|| info_span!("holds", what = "the file's lock"));
    let mut second = start(program, &names, "p2", "lock and add")?;
    second.expect("taken")?;
    let waits = second.lane(|| info_span!("waits", what = "the file's lock", from = "p1"));
    written(first)?;
    drop(holds);
    second.expect("read")?;
    drop(waits);
    written(second)?;
    number(&names)
}

/// The first process is killed when it has the lock and has read. Returns what the second one
/// leaves, which waited for it.
///
/// # Errors
/// The file cannot be made, or a child fails.
pub fn holder_killed(program: &Path) -> io::Result<u32> {
    let names = zero(program)?;
    let mut first = start(program, &names, "p1", "lock and add")?;
    first.expect("read")?;
    let mut second = start(program, &names, "p2", "lock and add")?;
    second.expect("taken")?;
    first.kill()?;
    second.expect("read")?;
    written(second)?;
    number(&names)
}

/// A process locks the file as POSIX has it, then opens and closes it once more, as a function that
/// it calls might. Tells whether another process gets the lock while the first one believes that it
/// has it.
///
/// # Errors
/// The file cannot be made, or a child fails.
pub fn posix_dropped(program: &Path) -> io::Result<bool> {
    reopened(program, "lock by fcntl", "try by fcntl")
}

/// The same with the lock of the open file.
///
/// # Errors
/// The file cannot be made, or a child fails.
pub fn flock_kept(program: &Path) -> io::Result<bool> {
    reopened(program, "lock by flock", "try by flock")
}

fn reopened(program: &Path, lock: &str, try_lock: &str) -> io::Result<bool> {
    let names = zero(program)?;
    let asks = |does| {
        let mut other = start(program, &names, "p2", does)?;
        let got = other.heard()? == "got";
        other.ended().map(|()| got)
    };
    let mut first = start(program, &names, "p1", lock)?;
    first.expect("locked")?;
    if asks(try_lock)? {
        return Err(io::Error::other("it was not locked to begin with"));
    }
    first.tell("open and close")?;
    first.expect("closed")?;
    let got = asks(try_lock)?;
    first.tell("end")?;
    first.ended()?;
    Ok(got)
}

/// Locks a file. `File::lock` reports it as an error when a signal was handled meanwhile; here it
/// is asked again, as std's reads and writes do by themselves.
///
/// # Errors
/// The file's system has no locks.
///
/// # Blocking
/// As long as others have it.
pub fn lock(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            locked => return locked,
        }
    }
}

/// Tries to lock a whole file, as POSIX has it or as `File::lock` does; tells whether it did.
fn try_lock(file: &File, posix: bool) -> io::Result<bool> {
    if !posix {
        return match file.try_lock() {
            Ok(()) => Ok(true),
            Err(fs::TryLockError::WouldBlock) => Ok(false),
            Err(fs::TryLockError::Error(error)) => Err(error),
        };
    }
    match fcntl_lock(file, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from) {
        Ok(()) => Ok(true),
        // POSIX allows either.
        Err(error)
            if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::PermissionDenied) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// One of the two: is told the path, and what to do.
pub(crate) fn peer(parent: &Parent) -> io::Result<()> {
    let path = parent.told()?;
    let does = parent.told()?;
    let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
    match does.as_str() {
        "lock by fcntl" | "lock by flock" => {
            if try_lock(&file, does.ends_with("fcntl"))? {
                parent.tell("locked")?;
            }
            parent.told()?;
            drop(File::open(&path)?);
            parent.tell("closed")?;
            return parent.told().map(drop);
        }
        "try by fcntl" | "try by flock" => {
            let got = try_lock(&file, does.ends_with("fcntl"))?;
            return parent.tell(if got { "got" } else { "taken" });
        }
        "lock and add" if !try_lock(&file, false)? => {
            parent.tell("taken")?;
            lock(&file)?;
        }
        _ => {}
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let number: u32 = text.trim().parse().map_err(io::Error::other)?;
    parent.tell("read")?;
    parent.told()?;
    file.rewind()?;
    write!(file, "{}", number + 1)
}
