//! How long a start takes: from the request to the exit status of a child that does nothing.
//!
//! A process of its own starts the children and takes the time: this program once more, with one
//! thread, and with as much memory written to as it is told; or Python. A request is a line,
//! `fork 5`; the answer is the time for five starts in ns.

use std::collections::{HashMap, hash_map};
use std::hint::black_box;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use kit::child::{ChildGuard, Entry, LineReader, program};
use serde::{Deserialize, Serialize};

use super::bare::{Asked, bare_fork};
use super::fork::{Fork, GRACE, bound_lifetime};
use super::{ForkServer, Job, Spawn, StartMethod, Streams};
use crate::exit::Exit;
use crate::messages::{argument, print_json};

/// Starts children on request and takes the time; its argument is the MiB that it writes to.
pub(super) const STOPWATCH: Entry = Entry { name: "stopwatch", run: answer };

const PYTHON: &str = include_str!("stopwatch.py");

/// A start method, by its name.
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

    /// Returns its name: Python's, but for the hyphen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Spawn => "spawn",
            Self::ForkServer => "fork-server",
        }
    }

    /// Returns a value of it. A zygote is started now, and has `loaded` in its list.
    pub(crate) fn begin(self, program: &Path, loaded: &[u32]) -> io::Result<Box<dyn StartMethod>> {
        Ok(match self {
            Self::Fork => Box::new(Fork::new()?),
            Self::Spawn => Box::new(Spawn::new(program)),
            Self::ForkServer => Box::new(ForkServer::new(program, loaded)?),
        })
    }
}

/// A process that takes the time of starts. Dropping it closes the process's input, so that Python
/// removes its folders and sockets, and kills the process if it has not ended after some seconds.
#[derive(Debug)]
pub struct Stopwatch {
    answers: LineReader,
    process: ChildGuard,
}

impl Stopwatch {
    /// Starts `program` with `mib` MiB of memory written to: this topic's binary, or another that
    /// lists these [children](super::CHILDREN). It lives until `deadline` at the most.
    pub fn ours(program: &Path, mib: usize, deadline: Duration) -> io::Result<Self> {
        let mut command = STOPWATCH.command(program);
        Ok(Self::of(ChildGuard::start(command.arg(mib.to_string()), deadline)?))
    }

    /// Starts Python likewise, by the command of an interpreter; `None` if it is not there.
    pub fn python(
        mut command: Command,
        mib: usize,
        deadline: Duration,
    ) -> io::Result<Option<Self>> {
        // In a group of its own: a signal to the lesson's process group would end it before it has
        // removed its folder. It reads the end of its input, and removes it.
        command.args(["-c", PYTHON, &mib.to_string()]).process_group(0);
        match ChildGuard::start(&mut command, deadline) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            started => Ok(Some(Self::of(started?))),
        }
    }

    /// Returns the PID of the process that takes the time.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    fn of(mut process: ChildGuard) -> Self {
        Self { answers: process.stdout(), process }
    }

    /// Starts `times` children by a method, each after the end of the one before, and returns how
    /// long all of them took. Ours has, besides the three methods, `bare-fork`: a fork, `_exit`,
    /// and a wait; `asked-fork`: the same by another process, which a byte asks for it and which
    /// answers with a byte; `sibling-fork`: that process answers with the PID of a child of this
    /// one, which waits for it; `bare-server`: the same, and two files come with the request and
    /// are the child's output, and the child has a time to live; and `ahead-fork`: a byte as before,
    /// but two children of that process have been forked before, and one of them receives the byte
    /// itself.
    ///
    /// # Errors
    /// The process has no such method, or does not answer.
    pub fn time(&mut self, method: &str, times: u64) -> io::Result<Duration> {
        self.process.send_line(&format!("{method} {times}"))?;
        let answer = self.process.recv_line(&self.answers)?;
        let ns = answer.trim().parse().map_err(|_| io::Error::other(answer))?;
        Ok(Duration::from_nanos(ns))
    }

    /// Returns the median of `of` starts. One start before them is not counted: it may start a
    /// zygote.
    pub fn median(&mut self, method: &str, of: usize) -> io::Result<Duration> {
        self.time(method, 1)?;
        let mut times: Vec<_> = (0..of).map(|_| self.time(method, 1)).collect::<Result<_, _>>()?;
        times.sort_unstable();
        Ok(times[of / 2])
    }
}

impl Drop for Stopwatch {
    fn drop(&mut self) {
        self.process.close_stdin();
        // If it has not ended by then, the guard kills it.
        let _ = self.process.wait_timeout(GRACE);
    }
}

fn answer(arguments: &[String]) -> io::Result<()> {
    let (program, mib) = (program()?, argument::<usize>(arguments)?);
    // Every page is written to: the kernel gives a page only when it is touched.
    let memory = black_box(vec![1_u8; mib << 20]);
    let mut methods = HashMap::new();
    for line in io::stdin().lines() {
        let line = line?;
        // Each request renews its time to live.
        bound_lifetime();
        let (name, times) = line.split_once(' ').ok_or(io::ErrorKind::InvalidInput)?;
        let times: u64 = times.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
        let start = match methods.entry(name.to_owned()) {
            hash_map::Entry::Occupied(begun) => begun.into_mut(),
            hash_map::Entry::Vacant(new) => new.insert(begin(name, &program)?),
        };
        let began = Instant::now();
        for _ in 0..times {
            if start()? != Exit::SUCCESS {
                return Err(io::Error::other("a child that does nothing has failed"));
            }
        }
        print_json(&u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX))?;
    }
    black_box(memory);
    Ok(())
}

type Start = Box<dyn FnMut() -> io::Result<Exit>>;

/// Returns a function that starts a child and waits for it. A zygote, or another process that is
/// asked, is started now.
fn begin(name: &str, program: &Path) -> io::Result<Start> {
    Ok(match name {
        "bare-fork" => Box::new(bare_fork),
        "asked-fork" => asking(Asked::on_request()?, Asked::ask),
        "sibling-fork" => asking(Asked::for_this_process()?, Asked::ask_and_wait),
        "bare-server" => asking(Asked::with_files()?, Asked::ask_with_files),
        "ahead-fork" => asking(Asked::ahead(2)?, Asked::ask),
        _ => {
            let method = Method::ALL.into_iter().find(|method| method.name() == name);
            let method =
                method.ok_or_else(|| io::Error::other(format!("no start method {name:?}")));
            let mut method = method?.begin(program, &[])?;
            Box::new(move || {
                let child = method.start(&Job::Exit(0), Streams::own())?;
                method.wait(child)
            })
        }
    })
}

fn asking(mut server: Asked, ask: fn(&mut Asked) -> io::Result<Exit>) -> Start {
    Box::new(move || ask(&mut server))
}
