//! The states of a process, as the kernel shows them to everyone: one child is put into each.

use std::io::{self, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Instant;

use kit::child::{ChildGuard, DEADLINE, Entry};
use rustix::process::{Signal, kill_process};

use crate::lane;
use crate::procfs;
use crate::subreaper::pid;

pub(super) const SPINS: Entry = Entry { name: "spins-when-told", run: |_| spin() };

pub(super) const SUSPENDED: Entry = Entry { name: "suspended-by-vfork", run: |_| suspend() };

/// Puts a child into one state after another, and returns what the system showed: `None` once the
/// child has been reaped (Linux).
pub fn states(program: &Path) -> io::Result<Vec<Option<char>>> {
    let mut seen = vec![uninterruptible(program)?];
    let mut child = SPINS.start(program, &[])?;
    let out = child.stdout();
    child.recv_line(&out)?;
    let number = child.id();
    let mut look = |state: Option<char>| {
        seen.push(wait_for(number, state)?);
        io::Result::Ok(())
    };
    {
        let _child = lane::child(number).waits("its input", "parent");
        look(Some('S'))?;
    }
    {
        let _child = lane::child(number).runs("computes");
        child.send_line("go")?;
        look(Some('R'))?;
    }
    {
        let _child = lane::child(number).waits("SIGCONT", "parent");
        kill_process(pid(number)?, Signal::STOP)?;
        look(Some('T'))?;
    }
    {
        let _child = lane::child(number).runs("computes");
        kill_process(pid(number)?, Signal::CONT)?;
        look(Some('R'))?;
    }
    {
        let _child = lane::child(number).waits("to be waited for", "parent");
        child.kill()?;
        look(Some('Z'))?;
    }
    child.wait()?;
    look(None)?;
    Ok(seen)
}

/// Waits until the system shows a child in a state, and returns what it shows.
fn wait_for(child: u32, state: Option<char>) -> io::Result<Option<char>> {
    let until = Instant::now() + DEADLINE / 4;
    loop {
        // The PID of a child that has been reaped may be another process's.
        let mine = procfs::process(child)?.filter(|seen| seen.parent == std::process::id());
        let seen = mine.map(|seen| seen.state);
        if seen == state || Instant::now() > until {
            return Ok(seen);
        }
        thread::yield_now();
    }
}

/// Starts a process that vfork suspends, and returns its state.
fn uninterruptible(program: &Path) -> io::Result<Option<char>> {
    let mut child: ChildGuard = SUSPENDED.start(program, &[])?;
    let out = child.stdout();
    child.recv_line(&out)?;
    let _child = lane::child(child.id()).waits("its child's end", "its child");
    let seen = wait_for(child.id(), Some('D'))?;
    child.close_stdin();
    child.wait()?;
    Ok(seen)
}

/// Waits for a line, and then computes until it is killed.
fn spin() -> io::Result<()> {
    crate::start::bound_lifetime();
    writeln!(io::stdout(), "ready")?;
    if io::stdin().read_line(&mut String::new())? == 0 {
        return Ok(());
    }
    loop {
        std::hint::spin_loop();
    }
}

/// Forks with `CLONE_VFORK`: the kernel suspends this process until its child ends, which it does
/// at the end of its input.
#[cfg(target_os = "linux")]
fn suspend() -> io::Result<()> {
    use nix::libc::{CLONE_VFORK, SIGCHLD, SYS_clone, c_long, syscall};
    crate::start::bound_lifetime();
    writeln!(io::stdout(), "ready")?;
    let (flags, none) = (c_long::from(CLONE_VFORK | SIGCHLD), c_long::from(0));
    // SAFETY: without `CLONE_VM` and with no stack, `clone` is a fork: it has no preconditions, and
    // the child has a copy of the memory. This process has one thread, so its child may call
    // anything.
    match unsafe { syscall(SYS_clone, flags, none, none, none, none) } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            crate::start::bound_lifetime();
            let _ = io::stdin().read_to_end(&mut Vec::new());
            crate::start::exit_at_once(0)
        }
        _ => rustix::process::wait(rustix::process::WaitOptions::empty())
            .map(drop)
            .map_err(Into::into),
    }
}

#[cfg(not(target_os = "linux"))]
fn suspend() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
