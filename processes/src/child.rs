//! A child that cannot be left behind: it has a deadline, and whoever drops its guard ends and
//! reaps it.
//!
//! Its standard input is a pipe that it reads to the end, so the other way round holds too: when
//! the parent is gone, however it went, the kernel closes the pipe, and the child ends.

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::str::FromStr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use nix::unistd::alarm;
use rustix::process::{Pid, Signal, getpid, getppid, kill_process};

use crate::deadline::{Deadline, LOOK, write_all};
use crate::role::ROLE;

/// How long a child of these lessons may live. Some milliseconds are all that it needs: what takes
/// so long hangs, also where many others want the processors.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The time that a child is given beyond its deadline, or at its end, before it is killed.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// Returns the command that starts `program` in a role. Its standard streams are its parent's, if
/// nothing else is said.
pub fn command(program: &Path, role: impl Display) -> Command {
    let mut command = Command::new(program);
    // By this name it is found in a list of processes, whatever path led to it.
    command.arg0("processes").env(ROLE, role.to_string());
    command
}

/// Names the file of this program, for one who is to start it once more: on Linux the link to what
/// really runs, whatever has become of the file meanwhile.
pub(crate) fn this_program() -> io::Result<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    // Without /proc, std says so.
    if cfg!(target_os = "linux") && link.exists() { Ok(link) } else { std::env::current_exe() }
}

/// Owns a child. Dropping it kills the child, if it still runs, and reaps it.
#[derive(Debug)]
pub struct Guarded {
    child: Child,
    ends_by: Deadline,
}

impl Guarded {
    /// Starts `program` in a role, with all three of its standard streams as pipes. Its time of
    /// `deadline` runs from here; [`Duration::MAX`] is no limit.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start(program: &Path, role: impl Display, deadline: Duration) -> io::Result<Self> {
        Self::run(&mut command(program, role), deadline)
    }

    /// Starts another program likewise.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn run(command: &mut Command, deadline: Duration) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Self::of(command.spawn()?, deadline))
    }

    /// Takes charge of a child that was started in some other way.
    ///
    /// ```
    /// use std::{process::Command, time::Duration};
    /// use processes::child::Guarded;
    ///
    /// let sleeper = Command::new("sleep").arg("3600").spawn()?;
    /// let mut sleeper = Guarded::of(sleeper, Duration::from_secs(20));
    /// assert_eq!(sleeper.wait_for(Duration::from_millis(10))?, None);
    /// // And here it is killed and reaped.
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn of(child: Child, deadline: Duration) -> Self {
        Self { child, ends_by: Deadline::after(deadline) }
    }

    /// Returns its process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Hands over what comes out of its standard output. There is nothing left to hand over the
    /// second time.
    pub fn out(&mut self) -> Reading {
        Reading::of(self.child.stdout.take(), self.ends_by)
    }

    /// Hands over what comes out of its standard error, likewise.
    pub fn err(&mut self) -> Reading {
        Reading::of(self.child.stderr.take(), self.ends_by)
    }

    /// Waits for the next line of its standard output.
    ///
    /// # Errors
    /// As [`Reading::line`]; or there is none, and the error holds the last line of its standard
    /// error.
    pub(crate) fn said(&mut self, out: &Reading) -> io::Result<String> {
        match out.line()? {
            Some(line) => Ok(line),
            None => Err(self.failed()),
        }
    }

    /// Returns what a child that has ended before its time has complained of.
    pub(crate) fn failed(&mut self) -> io::Error {
        match self.err().to_end() {
            Ok(lines) => match lines.last() {
                Some(last) => io::Error::other(format!("the child has failed: {last}")),
                None => io::Error::other("the child has ended, and has not said why"),
            },
            Err(error) => error,
        }
    }

    /// Writes a line to its standard input.
    ///
    /// # Errors
    /// The child has closed it, or has ended; or, [`TimedOut`](io::ErrorKind::TimedOut), it has not
    /// read until its deadline, and there is no room for more.
    pub fn tell(&mut self, line: &str) -> io::Result<()> {
        let Some(stdin) = &self.child.stdin else { return Ok(()) };
        write_all(stdin.as_fd(), format!("{line}\n").as_bytes(), self.ends_by)
    }

    /// Closes its standard input, which ends for the child.
    pub fn hang_up(&mut self) {
        self.child.stdin = None;
    }

    /// Kills it. It has ended only when it is waited for.
    ///
    /// # Errors
    /// The system refuses.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// Tells whether it has not ended yet.
    ///
    /// # Errors
    /// The system does not know the child.
    pub fn running(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Waits for its end, and reaps it.
    ///
    /// # Errors
    /// [`TimedOut`](io::ErrorKind::TimedOut): its deadline is over.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.wait_for(Duration::MAX)?.ok_or_else(too_long)
    }

    /// Waits for its end as long as the caller has patience and the child has time: `None` if it
    /// still runs then.
    ///
    /// # Errors
    /// The system does not know the child.
    pub fn wait_for(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        let by = Deadline::after(patience).or_earlier(self.ends_by);
        loop {
            match self.child.try_wait()? {
                None if !by.is_over() => thread::sleep(LOOK),
                ended => return Ok(ended),
            }
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Kills a child, if it still runs, and reaps it.
pub(crate) fn end(child: &mut Child) {
    // The PID of a child that the kernel has reaped by itself, since this process ignores SIGCHLD,
    // may be another's by now.
    if matches!(child.try_wait(), Ok(None)) {
        // It may end in this moment; until it is reaped, its PID is its own.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Receives the lines of a pipe, which a thread of its own reads as they come: so two pipes are
/// read at once, and a read, which has no time limit, becomes a receive, which has one.
#[derive(Debug)]
pub struct Reading {
    /// The lines; an error if no thread could be started to read them.
    lines: io::Result<Receiver<String>>,
    ends_by: Deadline,
}

impl Reading {
    fn of(pipe: Option<impl Read + Send + 'static>, ends_by: Deadline) -> Self {
        let (sender, lines) = mpsc::channel();
        // It ends with the child's end of the pipe, which nobody else has.
        let read = move || {
            let lines = pipe
                .into_iter()
                .flat_map(|pipe| BufReader::new(pipe).lines().map_while(Result::ok));
            for line in lines {
                if sender.send(line).is_err() {
                    break;
                }
            }
        };
        Self { lines: thread::Builder::new().spawn(read).map(|_| lines), ends_by }
    }

    /// Waits for the next line; `None` at the end.
    ///
    /// # Errors
    /// [`TimedOut`](io::ErrorKind::TimedOut): the child's deadline is over. Or the system has no
    /// room for the thread that reads.
    pub fn line(&self) -> io::Result<Option<String>> {
        let lines = self.lines.as_ref().map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("no thread can be started to read from a child: {error}"),
            )
        })?;
        let received = match self.ends_by.left() {
            Some(left) => lines.recv_timeout(left),
            None => lines.recv().map_err(RecvTimeoutError::from),
        };
        match received {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(too_long()),
        }
    }

    /// Waits for all the lines that are left.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn to_end(&self) -> io::Result<Vec<String>> {
        std::iter::from_fn(|| self.line().transpose()).collect()
    }
}

/// Reads as many numbers as are wanted from a line that a child has said.
pub(crate) fn numbers<T: FromStr, const N: usize>(said: &str) -> io::Result<[T; N]> {
    let numbers: Result<Vec<_>, _> = said.split_whitespace().map(str::parse).collect();
    let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
    numbers.ok_or_else(|| io::Error::other(format!("{said:?} came, not {N} numbers")))
}

/// Gives this process, which is a child, a time to live, and lets it end with the thread that
/// started it, where the system can. It does nothing but what a signal handler may, so a forked
/// child may call it.
pub(crate) fn bounded() {
    // A forked child has none of its parent's alarms; a program that is executed keeps its own.
    alarm::set(u32::try_from(DEADLINE.as_secs()).unwrap_or(u32::MAX));
    #[cfg(target_os = "linux")]
    // It fails only for a signal that does not exist.
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
}

/// Does the same in a child that knows its parent, who may be gone by now: then nobody would send
/// the signal any more.
pub(crate) fn bounded_by(parent: Pid) {
    bounded();
    if getppid() != Some(parent) {
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

pub(crate) fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the child took longer than its deadline")
}
