//! A house for a lesson in which a parent ends before its child: a process that adopts whoever is
//! left behind in it.
//!
//! An orphan is given to the nearest of its forebears that has asked for orphans, or else to
//! process 1, and only its new parent can wait for it. The house asks (Linux's
//! `PR_SET_CHILD_SUBREAPER`), waits for everybody and says who ended, and how: so the lesson learns
//! of a grandchild's end, and leaves none behind, whatever process 1 is and does.
//!
//! All who live in it write to the pipe that the lesson reads, and who reads, reads the lesson's: a
//! line is one write, and so comes whole. When the lesson is gone, however it went, that pipe ends,
//! and with it everybody in the house.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::ExitStatus;

use rustix::io::retry_on_intr;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, kill_process_group, waitid,
    waitpid,
};

use crate::child::{DEADLINE, Guarded, Reading, command, numbers, this_program};
use crate::spawn_and_wait::Ended;

/// A house as its lesson has it. Dropping it ends the house, and closes the pipe that those who
/// live in it read.
#[derive(Debug)]
pub struct House {
    guard: Guarded,
    out: Reading,
    reaped: HashMap<u32, Ended>,
}

impl House {
    /// Starts `program` as a house, and in it once more in a role.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(program: &Path, role: &str) -> io::Result<Self> {
        let mut guard = Guarded::start(program, format_args!("house:{role}"), DEADLINE)?;
        Ok(Self { out: guard.out(), guard, reaped: HashMap::new() })
    }

    /// Returns the number of the house's process.
    pub fn id(&self) -> u32 {
        self.guard.id()
    }

    /// Waits for a line from someone in it; it has to begin with `word`, and the rest is returned.
    ///
    /// # Errors
    /// It begins otherwise, or does not come.
    pub fn hear(&mut self, word: &str) -> io::Result<String> {
        loop {
            let Some(line) = self.out.line()? else {
                let why = self.guard.failed();
                return Err(io::Error::other(format!(
                    "the house is empty, nobody has said {word:?}: {why}"
                )));
            };
            match line.split_once(' ') {
                Some(("reaped", end)) => {
                    let (id, ended) = read(end)?;
                    self.reaped.insert(id, ended);
                    if word == "reaped" {
                        return Ok(end.to_owned());
                    }
                }
                Some((first, rest)) if first == word => return Ok(rest.to_owned()),
                _ => return Err(io::Error::other(format!("{line:?} came, not {word:?}"))),
            }
        }
    }

    /// As [`hear`](Self::hear), where the rest are numbers.
    ///
    /// # Errors
    /// As [`hear`](Self::hear), or they are not that.
    pub fn hear_numbers<const N: usize>(&mut self, word: &str) -> io::Result<[u32; N]> {
        numbers(&self.hear(word)?)
    }

    /// Waits until the house has reaped that process.
    ///
    /// # Errors
    /// It does not end within the deadline, or someone says something meanwhile.
    pub fn reaped(&mut self, id: u32) -> io::Result<Ended> {
        loop {
            match self.reaped.get(&id) {
                Some(ended) => return Ok(*ended),
                None => self.hear("reaped")?,
            };
        }
    }

    /// Writes a line for whoever reads.
    ///
    /// # Errors
    /// Nobody is left to read.
    pub fn tell(&mut self, line: &str) -> io::Result<()> {
        self.guard.tell(line)
    }

    /// Closes the pipe that those who live in it read.
    pub fn hang_up(&mut self) {
        self.guard.hang_up();
    }
}

fn read(end: &str) -> io::Result<(u32, Ended)> {
    let words = || {
        let (id, status) = end.split_once(' ')?;
        Some((id.parse().ok()?, Ended::from(ExitStatus::from_raw(status.parse().ok()?))))
    };
    words().ok_or_else(|| io::Error::other(format!("{end:?} is no end")))
}

/// Turns a number that was read into a process. It may have been given to another one if that
/// process has been reaped: who kills by number has to know that it has not been.
///
/// # Errors
/// No process has that number.
pub fn pid(id: u32) -> io::Result<Pid> {
    i32::try_from(id).ok().and_then(Pid::from_raw).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Kills a process in a house, which the house has not reaped.
///
/// # Errors
/// There is none of that number.
pub fn kill(id: u32) -> io::Result<()> {
    Ok(kill_process(pid(id)?, Signal::KILL)?)
}

/// Kills a process and all who were started by it and have not left its group: the first in a house
/// leads one.
///
/// # Errors
/// There is no group of that number.
pub fn kill_all(id: u32) -> io::Result<()> {
    Ok(kill_process_group(pid(id)?, Signal::KILL)?)
}

/// What the house does: asks for orphans, starts `role`, and reaps whoever ends until nobody is
/// left.
///
/// # Errors
/// The role cannot be started, or nobody reads what is written.
pub fn house(role: &str) -> io::Result<()> {
    take_in(role)?;
    // It fails when there is no child left.
    while let Ok(Some((id, status))) = rustix::process::wait(WaitOptions::empty()) {
        writeln!(io::stdout(), "reaped {} {}", id.as_raw_nonzero(), status.as_raw())?;
    }
    Ok(())
}

/// A house that asks for orphans as well, and does not reap them: it waits for the one that it
/// started and says so, says when another one has ended, and leaves that one as it is until the
/// lesson closes the pipe.
///
/// # Errors
/// As of [`house`].
pub fn slovenly_house(role: &str) -> io::Result<()> {
    let started = take_in(role)?;
    let started = pid(started)?;
    if let Some((id, status)) = retry_on_intr(|| waitpid(Some(started), WaitOptions::empty()))? {
        writeln!(io::stdout(), "reaped {} {}", id.as_raw_nonzero(), status.as_raw())?;
    }
    // It looks, and does not wait: who has ended stays as it is.
    retry_on_intr(|| waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT))?;
    writeln!(io::stdout(), "ended {}", std::process::id())?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn take_in(role: &str) -> io::Result<u32> {
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    // It leads a group of its own, so that it can be killed with its children and without the
    // house.
    let mut command = command(&this_program()?, role);
    Ok(command.process_group(0).spawn()?.id())
}
