//! One for each process: a fork copies it, or copies that there is none yet, or, worse, copies that
//! a thread is building it.
//!
//! A fork copies the whole memory, and one thread. So what was built has the same address in the
//! child, and is another object. What another thread was building stays half built in the child for
//! ever. The fixes: build before the fork, or start a new program (`exec`).
#![expect(unsafe_code, reason = "after a fork, little is allowed in the child")]

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use kit::child::{Entry, output, timed_out};
use kit::deadline::{Deadline, has_ended};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use tracing::info_span;

use crate::{Built, Config, address};

/// The child of [`started_anew`], which writes what it sees.
pub const CHILD: Entry = Entry { name: "after-fork", run: write_side };

/// How long a child may take that has nothing to wait for.
pub const LIMIT: Duration = Duration::from_secs(15);

/// After how many seconds a child ends by its alarm, if its parent has ended before.
pub const ALARM: u32 = 10;

/// What a process sees of its config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// The config's number: how many this process had built by then, or its parent before the fork.
    pub number: usize,
    /// Where the config is.
    pub address: usize,
    /// What it is set to.
    pub setting: usize,
}

impl Side {
    /// Writes it in one system call, without allocating.
    fn write(self, mut to: impl Write) -> io::Result<()> {
        let bytes = [self.number, self.address, self.setting].map(usize::to_ne_bytes);
        to.write_all(bytes.as_flattened())
    }

    fn read(mut from: impl Read) -> io::Result<Self> {
        let mut bytes = [[0; size_of::<usize>()]; 3];
        from.read_exact(bytes.as_flattened_mut())?;
        let [number, address, setting] = bytes.map(usize::from_ne_bytes);
        Ok(Self { number, address, setting })
    }
}

/// What a process has: the config, and a setting in it that can be changed.
#[derive(Debug)]
struct Process {
    shared: OnceLock<(Config, AtomicUsize)>,
    built: Built,
}

impl Process {
    const fn new() -> Self {
        Self { shared: OnceLock::new(), built: Built::new() }
    }

    fn build(&self) -> (Config, AtomicUsize) {
        (Config::build(&self.built), AtomicUsize::new(1))
    }

    fn side(&self) -> Side {
        let (config, setting) = self.shared.get_or_init(|| self.build());
        let (number, address) = (config.number(), address(config));
        Side { number, address, setting: setting.load(Relaxed) }
    }

    /// Forks; the child changes the setting to 2, and then writes what it sees.
    fn fork(&self) -> io::Result<Side> {
        let (reader, writer) = io::pipe()?;
        let tell = || {
            self.shared.get_or_init(|| self.build()).1.store(2, Relaxed);
            let _ = self.side().write(&writer);
        };
        // SAFETY: `tell` makes atomic operations and one `write` to a pipe, which is
        // async-signal-safe. What fills the `OnceLock`, if it is empty, allocates nothing, and no
        // other thread is filling it, so no futex is waited for.
        let child = unsafe { Child::fork(tell, ALARM) }?;
        let _waits = info_span!("waits", what = "the child's answer");
        drop(writer);
        // First its end, which has a timeout, also if it was stopped; then its answer, for which
        // the pipe has room.
        if child.ends_within(LIMIT)? { Side::read(reader) } else { Err(timed_out()) }
    }
}

/// A forked child, which is killed and reaped when this is dropped.
struct Child(Pid);

impl Child {
    /// Forks; the child calls `run` and exits.
    ///
    /// # Safety
    /// This process has other threads, and a lock that one of them holds is never released in the
    /// child. So `run` must be async-signal-safe: not allocate, not print, not panic.
    unsafe fn fork(run: impl FnOnce(), alarm: u32) -> io::Result<Self> {
        // SAFETY: in a process of several threads, the child may do only what is async-signal-safe.
        // The caller promises it for `run`; all else that the child calls is on POSIX's list of
        // such functions: `signal`, `pthread_sigmask`, `alarm` and `_exit`.
        match unsafe { libc::fork() } {
            0 => {
                // If the parent has ended, a child that hangs is ended by the alarm, whatever this
                // process has inherited.
                kit::signals::restore(&[libc::SIGALRM]);
                // SAFETY: `alarm` and `_exit` take any number and have no precondition; `run` is
                // what the caller has promised. (`exit` would run the parent's `atexit` functions.)
                unsafe {
                    libc::alarm(alarm);
                    run();
                    libc::_exit(0)
                }
            }
            // rustix takes no negative number for a PID, not even to refuse it.
            -1 => Err(io::Error::last_os_error()),
            pid => Pid::from_raw(pid).map(Self).ok_or_else(|| io::ErrorKind::InvalidData.into()),
        }
    }

    /// Waits until the child has ended; returns `false` after a timeout.
    fn ends_within(&self, time: Duration) -> io::Result<bool> {
        has_ended(self.0, Deadline::after(time))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already; until it is reaped, its PID is its own.
        let _ = kill_process(self.0, Signal::KILL);
        let _ = waitpid(Some(self.0), WaitOptions::empty());
    }
}

/// Builds, then forks; returns what parent and child see after the child has changed its setting. It
/// fails if the system could not fork, or the child did not end within 15 s.
pub fn built_before() -> io::Result<[Side; 2]> {
    let process = Process::new();
    process.side();
    let child = process.fork()?;
    Ok([process.side(), child])
}

/// Forks, then lets both build. It fails as [`built_before`] does.
pub fn built_after() -> io::Result<[Side; 2]> {
    let process = Process::new();
    let child = process.fork()?;
    Ok([process.side(), child])
}

/// Forks while a thread is building; returns whether the child, which asks for the config, ended
/// within that time. It is killed then, and ends by its alarm after `alarm` seconds. It fails if the
/// system could not fork.
pub fn while_building(time: Duration, alarm: u32) -> io::Result<bool> {
    let process = &Process::new();
    let (begin, begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let build = move || {
            let _runs = info_span!("holds", what = "the config");
            begin.send(()).expect("it is waited for below");
            // It ends when the other end is dropped.
            let _ = may_go_on.recv();
            process.build()
        };
        let builder = move || _ = process.shared.get_or_init(build);
        thread::Builder::new().name("t1".to_owned()).spawn_scoped(scope, builder)?;
        begun.recv().expect("the initialiser runs");
        // SAFETY: it asks a `OnceLock` that another thread is filling, which is an atomic load and
        // a futex wait: no allocation, no lock of another kind, no panic.
        let child = unsafe { Child::fork(|| _ = process.side(), alarm) }?;
        // Not "the config", which t1 holds: t1 is in the parent.
        let waits =
            info_span!("waits", lane = "the child", what = "a config that no thread builds");
        let ended = child.ends_within(time);
        drop((waits, child, go_on));
        ended
    })
}

static PROCESS: Process = Process::new();

/// Starts a program anew, which builds a config of its own, as this one does; returns what both
/// see. It fails if the program could not be started, did not end within that time, or did not answer.
pub fn started_anew(program: &Path, time: Duration) -> io::Result<[Side; 2]> {
    let answer = output(&mut CHILD.command(program), time)?.stdout;
    Ok([PROCESS.side(), Side::read(&answer[..])?])
}

fn write_side(_: &[String]) -> io::Result<()> {
    PROCESS.side().write(io::stdout())
}
