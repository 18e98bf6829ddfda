//! How long a start takes: from the request to the exit code of a child that does nothing.
//!
//! Who starts and takes the time is a process of its own: this program once more, with one thread,
//! and with as much memory as it is told to write to; or Python. Both are asked a line, `fork 5`,
//! and answer with as many ns.

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::unistd::alarm;
use serde::{Deserialize, Serialize};

use super::fork::bare_fork;
use super::{Fork, ForkServer, Job, Spawn, StartMethod, Streams, say};
use crate::child::{DEADLINE, GRACE, Guarded, Reading, this_program};
use crate::spawn_and_wait::Ended;

const PYTHON: &str = include_str!("stopwatch.py");

/// Names a start method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// [`Fork`].
    Fork,
    /// [`Spawn`].
    Spawn,
    /// [`ForkServer`].
    ForkServer,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fork, Self::Spawn, Self::ForkServer];

    /// Returns its name, as Python has it but for the hyphen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Spawn => "spawn",
            Self::ForkServer => "fork-server",
        }
    }

    /// Makes one. A template, if it has one, is started now, and has `loaded` in its list.
    pub(crate) fn begin(self, program: &Path, loaded: &[u32]) -> io::Result<Box<dyn StartMethod>> {
        Ok(match self {
            Self::Fork => Box::new(Fork::new()?),
            Self::Spawn => Box::new(Spawn::new(program)),
            Self::ForkServer => Box::new(ForkServer::new(program, loaded)?),
        })
    }
}

/// Asks for times. Dropping it ends the process that answers: at the end of its input, so that
/// Python removes its folders and sockets; by SIGKILL, if it has not ended after some seconds.
#[derive(Debug)]
pub struct Stopwatch {
    // First: the lines end with the process.
    answers: Reading,
    answering: Guarded,
}

impl Stopwatch {
    /// Starts `program`, which has to be this topic's binary, or another that calls
    /// [`role::play`](crate::role::play) first, with `mib` MiB of memory written to. It is there
    /// for `deadline`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn ours(program: &Path, mib: usize, deadline: Duration) -> io::Result<Self> {
        Ok(Self::of(Guarded::start(program, format_args!("stopwatch:{mib}"), deadline)?))
    }

    /// Starts Python likewise; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn python(mib: usize, deadline: Duration) -> io::Result<Option<Self>> {
        let mut command = kit::python::command();
        command.args(["-c", PYTHON, &mib.to_string()]);
        match Guarded::run(&mut command, deadline) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            started => Ok(Some(Self::of(started?))),
        }
    }

    /// Returns the number of the process that starts and takes the time.
    pub fn id(&self) -> u32 {
        self.answering.id()
    }

    fn of(mut answering: Guarded) -> Self {
        Self { answers: answering.out(), answering }
    }

    /// Starts so many children by a method, each after the end of the one before, and returns how
    /// long all of them took. Ours has, besides the three methods, `bare-fork`: a fork, `_exit`,
    /// and a wait.
    ///
    /// # Errors
    /// The one who answers has no such method, or does not answer.
    pub fn time(&mut self, method: &str, times: u64) -> io::Result<Duration> {
        self.answering.tell(&format!("{method} {times}"))?;
        let Some(answer) = self.answers.line()? else {
            let complaint = self.answering.err().to_end()?;
            return Err(io::Error::other(complaint.last().cloned().unwrap_or_default()));
        };
        let ns = answer.trim().parse().map_err(|_| io::Error::other(answer))?;
        Ok(Duration::from_nanos(ns))
    }

    /// Returns the median of so many starts, and starts one before that is not counted: it may be
    /// the one that starts a template.
    ///
    /// # Errors
    /// As [`time`](Self::time).
    pub fn median(&mut self, method: &str, of: usize) -> io::Result<Duration> {
        self.time(method, 1)?;
        let mut times: Vec<_> = (0..of).map(|_| self.time(method, 1)).collect::<Result<_, _>>()?;
        times.sort_unstable();
        Ok(times[of / 2])
    }
}

impl Drop for Stopwatch {
    fn drop(&mut self) {
        self.answering.hang_up();
        // If it is not over by then, or the system does not know it, the guard does what is left.
        let _ = self.answering.wait_for(GRACE);
    }
}

/// What the one does who answers.
pub(crate) fn answer(mib: &str) -> io::Result<()> {
    let program = this_program()?;
    let mib: usize = mib.parse().map_err(io::Error::other)?;
    // Every page is written to: memory that is only asked for is not there yet.
    let memory = black_box(vec![1_u8; mib << 20]);
    let mut methods: Vec<(Method, Box<dyn StartMethod>)> = Vec::new();
    for line in io::stdin().lines() {
        let line = line?;
        // It is there for as long as it is asked.
        alarm::set(u32::try_from(DEADLINE.as_secs()).unwrap_or(u32::MAX));
        let (name, times) = line.split_once(' ').ok_or(io::ErrorKind::InvalidInput)?;
        let times: u64 = times.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
        let took = if name == "bare-fork" {
            let began = Instant::now();
            for _ in 0..times {
                bare_fork()?;
            }
            began.elapsed()
        } else {
            let method = Method::ALL.into_iter().find(|method| method.name() == name);
            let method =
                method.ok_or_else(|| io::Error::other(format!("no start method {name:?}")))?;
            let at = match methods.iter().position(|(known, _)| *known == method) {
                Some(at) => at,
                None => {
                    methods.push((method, method.begin(&program, &[])?));
                    methods.len() - 1
                }
            };
            let starter = &mut methods[at].1;
            let began = Instant::now();
            for _ in 0..times {
                let child = starter.start(&Job::Exit(0), Streams::own())?;
                if starter.wait(child)? != Ended::Exited(0) {
                    return Err(io::Error::other("a child that does nothing did not end well"));
                }
            }
            began.elapsed()
        };
        say(&u64::try_from(took.as_nanos()).unwrap_or(u64::MAX))?;
    }
    black_box(memory);
    Ok(())
}
