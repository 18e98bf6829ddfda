//! A file's lock between processes that know a path, which the kernel releases when its holder is
//! killed.
//!
//! `File::lock` is `flock`: it belongs to the open file description, and ends when the last
//! descriptor of that is closed. A lock of POSIX (`fcntl`) belongs to the process, and ends when
//! the process closes *any* descriptor of the file. Both are advisory: they do not stop a process
//! that does not ask.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, Write};
use std::path::Path;

use kit::child::Entry;
use rustix::fs::{FlockOperation, fcntl_lock};

use crate::child::TalkingChild;
use crate::names::Names;
use crate::parent::{Parent, words};

/// A file that holds the number 0.
struct Number<'a> {
    program: &'a Path,
    names: Names,
}

impl<'a> Number<'a> {
    fn new(program: &'a Path) -> io::Result<Self> {
        let names = Names::new(program)?;
        fs::write(names.path("number"), "0")?;
        Ok(Self { program, names })
    }

    fn start(&self, lane: &str, does: &str) -> io::Result<TalkingChild> {
        TalkingChild::start(self.program, &CHILD, lane, &[], &[&self.names.path("number"), does])
    }

    fn read(&self) -> io::Result<u32> {
        fs::read_to_string(self.names.path("number"))?.parse().map_err(io::Error::other)
    }
}

/// Lets two processes add 1 to the number in a file without a lock; both read it before either
/// writes. Returns the number afterwards.
pub fn without(program: &Path) -> io::Result<u32> {
    let number = Number::new(program)?;
    let both = [number.start("p1", "add")?, number.start("p2", "add")?];
    let [p1, p2] = both.map(|child| child.after("read"));
    let both = [p1?, p2?];
    let stale = both.each_ref().map(|child| child.lane().holds("a 0 that it has read"));
    for (child, stale) in both.into_iter().zip(stale) {
        let _runs = child.lane().runs("writes 0 + 1");
        drop(stale);
        let_write(child)?;
    }
    number.read()
}

/// Lets a process write the number that it read plus 1, and waits for its exit.
pub fn let_write(mut child: TalkingChild) -> io::Result<()> {
    child.send_line("write")?;
    child.succeeds()
}

/// Lets two processes add 1 with the file locked. The second one asks for the lock while the first has
/// read and not yet written, and blocks. `end_first` lets the first one write, or kills it.
pub fn locked(program: &Path, end_first: fn(TalkingChild) -> io::Result<()>) -> io::Result<u32> {
    let number = Number::new(program)?;
    let first = number.start("p1", "lock and add")?.after("read")?;
    let holds = first.lane().holds("the file's lock");
    let mut second = number.start("p2", "lock and add")?.after("taken")?;
    let waits = second.lane().waits("the file's lock", "p1");
    end_first(first)?;
    drop(holds);
    second.expect_line("read")?;
    drop(waits);
    let_write(second)?;
    number.read()
}

/// Lets a process lock the file by `fcntl` or by `flock`, then open and close it once more, as a
/// function that it calls might. Tells whether another process gets the lock while the first relies
/// on it.
pub fn reopened(program: &Path, by: &str) -> io::Result<bool> {
    let number = Number::new(program)?;
    let another_gets_it = || {
        let other = number.start("p2", &format!("try by {by}"))?.answer()?;
        Ok::<_, io::Error>(other == "got")
    };
    let mut first = number.start("p1", &format!("lock by {by}"))?.after("locked")?;
    if another_gets_it()? {
        return Err(io::Error::other("it was not locked to begin with"));
    }
    first.send_line("open and close")?;
    first.expect_line("closed")?;
    let got = another_gets_it()?;
    first.send_line("exit")?;
    first.succeeds().map(|()| got)
}

/// Locks a file, and goes on waiting after a signal: `File::lock` returns an error then.
///
/// # Errors
/// The file system has no locks.
///
/// # Blocking
/// Until no other open file description holds the lock. If its holder is stopped, that is for ever.
pub fn lock(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            locked => return locked,
        }
    }
}

/// Tries to lock a whole file by `fcntl` or by `flock`; tells whether it did.
fn try_lock(file: &File, by: &str) -> io::Result<bool> {
    if by == "flock" {
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

/// The child: one of the processes, which is given the path, and what to do.
pub const CHILD: Entry = Entry { name: "file-lock", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [path, does] = words(arguments)?;
    let parent = Parent::listen()?;
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    if let Some(by) = does.strip_prefix("try by ") {
        return parent.send_line(if try_lock(&file, by)? { "got" } else { "taken" });
    }
    if let Some(by) = does.strip_prefix("lock by ") {
        parent.send_line(if try_lock(&file, by)? { "locked" } else { "taken" })?;
        parent.recv_line()?;
        drop(File::open(path)?);
        parent.send_line("closed")?;
        return parent.recv_line().map(drop);
    }
    if does == "lock and add" && !try_lock(&file, "flock")? {
        parent.send_line("taken")?;
        lock(&file)?;
    }
    let number: u32 = io::read_to_string(&file)?.trim().parse().map_err(io::Error::other)?;
    parent.send_line("read")?;
    parent.recv_line()?;
    file.rewind()?;
    write!(file, "{}", number + 1)
}
