//! A process leaves its terminal: what becomes of it when the terminal is closed.
//!
//! A terminal belongs to a session, and one process group of the session is in the foreground. When
//! a terminal is closed (its window, its connection), the kernel sends SIGHUP to the session's
//! leader, a shell, and at the leader's end to the foreground group. The default action of SIGHUP
//! ends a process. `setsid` begins a session without a terminal; but the leader of such a session
//! acquires one by opening it, on Linux without asking for it. Hence the second fork: the grandchild
//! is no leader, and never gets a terminal.
//!
//! The terminal here is a pseudo-terminal: what a terminal emulator and `sshd` have. A daemon in
//! earnest also moves to `/`, sets its umask, and puts `/dev/null` in place of the three standard
//! streams; here they are the lesson's pipes, at whose end it ends.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::parent_id;
use std::path::Path;

use kit::child::{DEADLINE, Entry};
use kit::process_lane::{Lane, PARENT};
use nix::libc::{EIO, O_NOCTTY, SIGHUP};
use nix::sys::signal::Signal;
use nix::unistd::alarm;
use rustix::io::retry_on_intr;
use rustix::process::{WaitOptions, getpid, getsid, setpgid, setsid, waitpid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde::{Deserialize, Serialize};

use crate::exit::Exit;
use crate::messages::argument;
use crate::signals::ignore;
use crate::start::{exit_at_once, fork_alone};
use crate::subreaper::Subreaper;

/// The shell of this lesson.
pub const CHILD: Entry = Entry { name: "terminal-shell", run: shell };

/// What a process that a shell has started does to outlive the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detaches {
    /// Nothing: it is in the session's foreground group.
    Not,
    /// It has a process group of its own, which is in the background: a shell's `&`.
    ToTheBackground,
    /// It ignores SIGHUP: `nohup`.
    ByIgnoring,
    /// It begins a session, and opens a second terminal, as a log.
    ByOneFork,
    /// The same, after a further fork.
    ByTwoForks,
}

/// A process, and what became of it when both terminals were closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterHangup {
    /// The shell's exit status.
    pub shell: Exit,
    /// Whether the process was a session's leader.
    pub leader: bool,
    /// Whether it had a controlling terminal.
    pub terminal: bool,
    /// Whether it lived on: it answered, had a new parent and no terminal, and a write to the
    /// terminal that it had open failed (EIO).
    pub lived_on: bool,
    /// Its exit status. A process that lives on is told to end.
    pub exit: Exit,
}

/// Opens a pseudo-terminal: the end of a terminal emulator, and the path of the other end.
pub fn pseudo_terminal() -> io::Result<(OwnedFd, String)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    #[cfg(target_os = "linux")]
    let flags = flags | OpenptFlags::CLOEXEC;
    let emulator = openpt(flags)?;
    grantpt(&emulator)?;
    unlockpt(&emulator)?;
    let path = ptsname(&emulator, Vec::new())?.into_string().map_err(io::Error::other)?;
    Ok((emulator, path))
}

/// Opens a terminal. On Linux, a session's leader that has no controlling terminal acquires it by
/// this; elsewhere, it would have to ask (`TIOCSCTTY`).
fn open_terminal(path: &str) -> io::Result<File> {
    File::options().read(true).write(true).open(path)
}

/// Returns why this system has no pseudo-terminals, if it has none.
pub fn no_terminal() -> Option<io::Error> {
    let open = |(_emulator, path): (OwnedFd, String)| {
        File::options().read(true).custom_flags(O_NOCTTY).open(path).map(drop)
    };
    pseudo_terminal().and_then(open).err()
}

/// Opens two terminals, starts a shell in the first one and a process that the shell starts, and
/// closes both.
pub fn closed(program: &Path, detaches: Detaches) -> io::Result<AfterHangup> {
    let ((first, path), (second, log)) = (pseudo_terminal()?, pseudo_terminal()?);
    let open = PARENT.holds("the terminals");
    let arguments = serde_json::to_string(&(detaches, path, log))?;
    let mut subreaper = Subreaper::start(program, &CHILD, &[&arguments])?;
    let [shell] = subreaper.recv_numbers("shell")?;
    let shell_lane = Lane::of("shell", shell).waits("a line", "parent");
    let [process, leader, terminal] = subreaper.recv_numbers("process")?;
    let _process = Lane::of("process", process).runs("works");
    drop((first, second, open));
    let shell = subreaper.wait_for(shell)?;
    drop(shell_lane);
    // What is about to end by SIGHUP is not asked: it might still answer.
    let lived_on = !matches!(detaches, Detaches::Not | Detaches::ByOneFork) && {
        subreaper.send_line("are you there?")?;
        let [parent, terminal, error] = subreaper.recv_numbers("answer")?;
        subreaper.send_line("end")?;
        (parent, terminal, error.cast_signed()) == (subreaper.id(), 0, EIO)
    };
    let (leader, terminal) = (leader == 1, terminal == 1);
    Ok(AfterHangup { shell, leader, terminal, lived_on, exit: subreaper.wait_for(process)? })
}

/// What the shell does: begins a session with a controlling terminal, starts a process, and waits
/// for a line of its terminal.
fn shell(arguments: &[String]) -> io::Result<()> {
    let (detaches, path, log): (Detaches, String, String) = argument(arguments)?;
    // The subreaper's child leads a process group, and a leader cannot begin a session.
    if fork_alone()?.is_some() {
        return Ok(());
    }
    alarm::set(DEADLINE.as_secs() as u32);
    // Under `nohup`, this process and the one below it would ignore it.
    kit::signals::restore(&[SIGHUP]);
    setsid()?;
    let mut terminal = open_terminal(&path)?;
    writeln!(io::stdout(), "shell {}", std::process::id())?;
    let Some(child) = fork_alone()? else {
        let ended = detach(detaches, &log).and_then(|opened| work(opened.unwrap_or(terminal)));
        // There is nowhere left to complain when this fails.
        ended.unwrap_or_else(|error| _ = writeln!(io::stderr(), "processes: {error}"));
        exit_at_once(0);
    };
    if detaches == Detaches::ByTwoForks {
        retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))?;
    }
    terminal.read(&mut [0]).map(drop)
}

/// Does what is to keep this process from ending with the terminal; returns the terminal that it has
/// opened, if it has.
fn detach(detaches: Detaches, log: &str) -> io::Result<Option<File>> {
    match detaches {
        Detaches::Not => {}
        Detaches::ToTheBackground => setpgid(None, None)?,
        Detaches::ByIgnoring => ignore(Signal::SIGHUP)?,
        Detaches::ByOneFork | Detaches::ByTwoForks => {
            setsid()?;
            if detaches == Detaches::ByTwoForks && fork_alone()?.is_some() {
                exit_at_once(0);
            }
            return open_terminal(log).map(Some);
        }
    }
    Ok(None)
}

/// What the process does: says what it is, and answers until it is told to end or its input ends.
fn work(mut terminal: File) -> io::Result<()> {
    alarm::set(DEADLINE.as_secs() as u32);
    let leader = getsid(None)? == getpid();
    // It stands for the controlling terminal of whatever process opens it.
    let has_terminal = || u32::from(File::open("/dev/tty").is_ok());
    let (pid, leader) = (std::process::id(), u32::from(leader));
    writeln!(io::stdout(), "process {pid} {leader} {}", has_terminal())?;
    for line in io::stdin().lines() {
        if line? == "end" {
            break;
        }
        let error = terminal.write(b"still here\n").err();
        let error = error.and_then(|error| error.raw_os_error()).unwrap_or(0);
        writeln!(io::stdout(), "answer {} {} {error}", parent_id(), has_terminal())?;
    }
    Ok(())
}
