//! The states of a process, as the kernel shows them to everyone: a child is put into each.

use std::io::{self, Write};
use std::path::Path;
use std::thread;

use kit::child::{DEADLINE, Entry};
use kit::deadline::Deadline;
use kit::process_lane::Lane;
use rustix::process::{Signal, kill_process};
use tracing::Span;

use crate::procfs;
use crate::start::bound_lifetime;
use crate::subreaper::pid;

pub(super) const SPINS: Entry = Entry { name: "spins-when-told", run: |_| spin() };
pub(super) const SUSPENDED: Entry = Entry { name: "suspended-by-vfork", run: |_| suspend() };

/// Puts a child into one state after another, and returns what the system showed: `None` once the
/// child has been reaped (Linux).
pub fn states(program: &Path) -> io::Result<Vec<Option<char>>> {
    let mut child = SPINS.start(program, &[])?;
    let (out, number) = (child.stdout(), child.id());
    child.recv_line(&out)?;
    let (lane, process) = (Lane::of("child", number), pid(number)?);
    let mut seen = vec![uninterruptible(program)?];
    let mut look = |_span: Span, state| wait_for(number, state).map(|state| seen.push(state));
    look(lane.waits("its input", "parent"), Some('S'))?;
    child.send_line("go")?;
    look(lane.runs("computes"), Some('R'))?;
    kill_process(process, Signal::STOP)?;
    look(lane.waits("SIGCONT", "parent"), Some('T'))?;
    kill_process(process, Signal::CONT)?;
    look(lane.runs("computes"), Some('R'))?;
    child.kill()?;
    look(lane.waits("the parent's wait", "parent"), Some('Z'))?;
    child.wait()?;
    look(Span::none(), None)?;
    Ok(seen)
}

/// Starts a process that vfork suspends, and returns its state.
fn uninterruptible(program: &Path) -> io::Result<Option<char>> {
    let mut child = SUSPENDED.start(program, &[])?;
    let out = child.stdout();
    child.recv_line(&out)?;
    let _child = Lane::of("child", child.id()).waits("its child's end", "its child");
    let seen = wait_for(child.id(), Some('D'))?;
    child.close_stdin();
    child.wait()?;
    Ok(seen)
}

/// Waits until the system shows a child in a state, and returns what it shows.
fn wait_for(child: u32, state: Option<char>) -> io::Result<Option<char>> {
    let until = Deadline::after(DEADLINE / 4);
    loop {
        // The PID of a child that has been reaped may be another process's.
        let mine = procfs::process(child)?.filter(|seen| seen.parent == std::process::id());
        let seen = mine.map(|seen| seen.state);
        if seen == state || until.is_over() {
            return Ok(seen);
        }
        thread::yield_now();
    }
}

/// Waits for a line, and then computes until it is killed.
fn spin() -> io::Result<()> {
    bound_lifetime();
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
fn suspend() -> io::Result<()> {
    bound_lifetime();
    writeln!(io::stdout(), "ready")?;
    #[cfg(target_os = "linux")]
    {
        use std::io::Read;

        use nix::libc::{CLONE_VFORK, SIGCHLD, SYS_clone, syscall};
        // SAFETY: without `CLONE_VM` and with no stack, `clone` is a fork: it has no preconditions.
        // This process has one thread, so its child may call anything.
        if unsafe {
            syscall(SYS_clone, i64::from(CLONE_VFORK | SIGCHLD), 0_i64, 0_i64, 0_i64, 0_i64)
        } == 0
        {
            bound_lifetime();
            let _ = io::stdin().read_to_end(&mut Vec::new());
            crate::start::exit_at_once(0);
        }
    }
    Ok(())
}
