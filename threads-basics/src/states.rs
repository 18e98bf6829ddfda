//! The states that Linux gives a thread or a process, each brought about and read in `/proc`.
//!
//! Nothing here is left to luck: what is read is either so by force (a thread that spins is ready
//! while another one has the only core that it may use), or it is waited for, until a deadline.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;

use kit::child::Entry;
use rustix::process::{Pid, Signal, kill_process};

use crate::cores;
use crate::procfs::Task;
use kit::real::lane::{finish, start};

/// The letter of a state; `None`: the thread or process is gone, or the system does not tell.
pub type State = Option<char>;

/// A thread that runs reads its own state.
pub fn running() -> State {
    finish(start("t1", || Task::me().state()))
}

/// A thread that spins is looked at by another one on the same core: while the one looks, the other
/// cannot run.
pub fn ready(core: usize) -> State {
    finish(start("observer", move || {
        cores::pin(core);
        let stop = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&stop);
        // It inherits the core.
        let (spins, task) = Task::start("t1", move || {
            while !theirs.load(Relaxed) {
                std::hint::spin_loop();
            }
        });
        let state = task.state();
        stop.store(true, Relaxed);
        finish(spins);
        state
    }))
}

/// A thread waits for a message.
pub fn sleeping() -> State {
    let (sender, messages) = channel::<()>();
    let (waits, task) = Task::start("t1", move || messages.recv().is_err());
    let state = task.wait_for(Some('S'));
    drop(sender);
    finish(waits);
    state
}

/// A thread has ended and is not joined: returns the state in which the kernel has it, and the
/// result that its join returns.
pub fn ended() -> (State, u32) {
    let (ends, task) = Task::start("t1", || 42);
    (task.wait_for(None), finish(ends))
}

/// A child process has called vfork, and waits until its own child ends or runs another program.
pub fn uninterruptible(program: &Path) -> io::Result<State> {
    let mut child = VFORK.start(program, &[])?;
    let state = Task::process(child.id()).wait_for(Some('D'));
    // Its own child ends with its input.
    child.close_stdin();
    if child.wait()?.success() { Ok(state) } else { Err(child.failure()) }
}

/// A child process from its start to its reaping: what was done to it, and its state afterwards.
pub fn life(program: &Path) -> io::Result<Vec<(&'static str, State)>> {
    let mut child = LIVES.start(program, &[])?;
    let task = Task::process(child.id());
    let pid = Pid::from_raw(child.id().cast_signed()).ok_or(io::ErrorKind::NotFound)?;
    let mut seen = Vec::new();
    let mut saw = |what, wanted| seen.push((what, task.wait_for(wanted)));
    saw("started, and reads", Some('S'));
    kill_process(pid, Signal::STOP)?;
    saw("SIGSTOP", Some('T'));
    kill_process(pid, Signal::CONT)?;
    saw("SIGCONT", Some('S'));
    child.send_line("compute")?;
    saw("its input comes", Some('R'));
    child.kill()?;
    saw("SIGKILL", Some('Z'));
    child.wait()?;
    saw("reaped by its parent", None);
    Ok(seen)
}

/// The child waits for a line, and then computes until it is killed.
pub const LIVES: Entry = Entry { name: "lives", run: lives };

fn lives(_: &[String]) -> io::Result<()> {
    // Without a line its parent has ended, and so does it.
    if io::stdin().read_line(&mut String::new())? > 0 {
        loop {
            std::hint::spin_loop();
        }
    }
    Ok(())
}

/// The child starts one of its own as vfork does, which waits for the end of its input.
pub const VFORK: Entry = Entry { name: "vfork", run: vfork };

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "std starts no process that its parent waits for like this")]
fn vfork(_: &[String]) -> io::Result<()> {
    let none = 0 as libc::c_long;
    let flags = libc::c_long::from(libc::CLONE_VFORK | libc::SIGCHLD);
    // SAFETY: without CLONE_VM the child has memory of its own, so this is a fork that the parent
    // waits for; the child makes system calls only, as after any fork.
    let child = unsafe { libc::syscall(libc::SYS_clone, flags, none, none, none, none) };
    match child {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            while matches!(rustix::io::read(rustix::stdio::stdin(), &mut [0; 1]), Ok(1..)) {}
            // SAFETY: it ends this process, and runs nothing of it before.
            unsafe { libc::_exit(0) }
        }
        child => {
            let child = Pid::from_raw(child as i32);
            rustix::process::waitpid(child, rustix::process::WaitOptions::empty())?;
            Ok(())
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn vfork(_: &[String]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
