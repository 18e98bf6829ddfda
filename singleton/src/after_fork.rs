//! One for each process: a fork copies it, or copies that there is none yet, or, worse, copies that
//! somebody is building it.
//!
//! A fork copies the whole memory, and one thread. So what was built has the same address in the
//! child, and is another object: a change on one side does not reach the other. What a thread was
//! about to build stays half built in the child for ever, for that thread is not in it. The mends:
//! build before the fork, or start a new program (`exec`), which has nothing of all this.
#![expect(
    unsafe_code,
    reason = "after a fork, little is allowed in the child, and the compiler does not know"
)]

use std::io::{self, PipeWriter, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};
use std::{array, thread};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use tracing::info_span;

use crate::{Built, Config, address};

/// Names the variable that makes this program the child of [`started_anew`].
pub const ROLE: &str = "SINGLETON_CHILD";

/// How long a child may take; it needs some milliseconds.
const LIMIT: Duration = Duration::from_secs(15);

/// Says what a process sees of its config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// The config's number: how many this process had built by then, or its parent before the fork.
    pub number: usize,
    /// Where the config is.
    pub address: usize,
    /// What it is set to.
    pub setting: usize,
}

/// The config, and a setting in it that can be changed.
#[derive(Debug)]
struct Shared {
    config: Config,
    setting: AtomicUsize,
}

#[derive(Debug, Default)]
struct Process {
    shared: OnceLock<Shared>,
    built: Built,
}

impl Process {
    const fn new() -> Self {
        Self { shared: OnceLock::new(), built: Built::new() }
    }

    fn instance(&self) -> &Shared {
        self.shared.get_or_init(|| Shared {
            config: Config::build(&self.built),
            setting: AtomicUsize::new(1),
        })
    }

    fn side(&self) -> Side {
        let shared = self.instance();
        let setting = shared.setting.load(Relaxed);
        Side { number: shared.config.number(), address: address(&shared.config), setting }
    }
}

/// A child by a fork; it is ended and reaped, whatever happens to its parent's run.
struct Child {
    pid: Pid,
    reaped: bool,
}

impl Child {
    /// Forks; the child does what it is told, and ends without a look back.
    ///
    /// # Safety
    /// This process has other threads, and a lock that one of them has is never free in the child.
    /// So `run` must do nothing but what a signal handler may: not allocate, not print, not panic.
    unsafe fn fork(run: impl FnOnce()) -> io::Result<Self> {
        // SAFETY: in a process of several threads, the child may do only what a signal handler may.
        // The caller promises it for `run`; `alarm` and `_exit` are of that kind.
        match unsafe { fork() }? {
            ForkResult::Parent { child } => Ok(Self { pid: child, reaped: false }),
            ForkResult::Child => {
                // Should the parent be gone, nobody ends a child that hangs: the alarm does,
                // whatever this process has inherited. These are calls of `signal` and
                // `pthread_sigmask`, which a signal handler may make.
                kit::signals::restore(&[nix::libc::SIGALRM]);
                // SAFETY: they have no preconditions. `exit` in the place of `_exit` would run what
                // the parent has registered for its own end.
                unsafe {
                    nix::libc::alarm(10);
                    run();
                    nix::libc::_exit(0)
                }
            }
        }
    }

    /// Waits for the child's end; `false` if it has not come to it in time.
    fn ends_within(&mut self, time: Duration) -> io::Result<bool> {
        // A time that the clock has no room for is no limit.
        let end = Instant::now().checked_add(time);
        while !self.reaped && end.is_none_or(|end| Instant::now() < end) {
            self.reaped = match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)) {
                // Where SIGCHLD is ignored, the kernel reaps each child by itself, and there is
                // none any more.
                Err(Errno::ECHILD) => true,
                status => status? != WaitStatus::StillAlive,
            };
            thread::sleep(Duration::from_millis(1));
        }
        Ok(self.reaped)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.reaped {
            // It may be at its end already; until it is reaped, its number is its own.
            let _ = kill(self.pid, Signal::SIGKILL);
            let _ = waitpid(self.pid, None);
        }
    }
}

/// Forks; the child changes the setting to 2, and then says what it sees.
fn forked(process: &Process) -> io::Result<Side> {
    let (mut hear, mut say) = io::pipe()?;
    let tell = || {
        process.instance().setting.store(2, Relaxed);
        let Side { number, address, setting } = process.side();
        let _ = say_numbers(&mut say, [number, address, setting]);
    };
    // SAFETY: `tell` does nothing but atomic operations and a write to a pipe. What fills the
    // `OnceLock`, if it is empty, allocates nothing, and nobody else is filling it.
    let mut child = unsafe { Child::fork(tell) }?;
    let _waits = info_span!("waits", what = "the child's answer");
    drop(say);
    // First its end, which has a limit, a child that was stopped included; then its answer, for
    // which the pipe has room.
    if !child.ends_within(LIMIT)? {
        return Err(io::ErrorKind::TimedOut.into());
    }
    let mut bytes = [[0; size_of::<usize>()]; 3];
    hear.read_exact(bytes.as_flattened_mut())?;
    let [number, address, setting] = bytes.map(usize::from_ne_bytes);
    Ok(Side { number, address, setting })
}

/// Writes numbers in one go; it allocates nothing.
fn say_numbers(say: &mut PipeWriter, numbers: [usize; 3]) -> io::Result<()> {
    let bytes: [_; 3] = array::from_fn(|index| numbers[index].to_ne_bytes());
    say.write_all(bytes.as_flattened())
}

/// Builds, then forks; returns what parent and child see after the child has changed its setting.
///
/// # Errors
/// The system could not fork, or the child did not end within 15 s.
pub fn built_before() -> io::Result<[Side; 2]> {
    let process = Process::new();
    process.instance();
    let child = forked(&process)?;
    Ok([process.side(), child])
}

/// Forks, then lets both build.
///
/// # Errors
/// The system could not fork, or the child did not end within 15 s.
pub fn built_after() -> io::Result<[Side; 2]> {
    let process = Process::new();
    let child = forked(&process)?;
    Ok([process.side(), child])
}

/// Forks while a thread is building; returns whether the child, which asks for the config, came to
/// its end within that time. It is ended then.
///
/// # Errors
/// The system could not fork.
pub fn while_building(time: Duration) -> io::Result<bool> {
    let process = &Process::new();
    let (begin, begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let build = move || {
            let _runs = info_span!("holds", what = "the config");
            begin.send(()).expect("it is waited for below");
            // Either it is told to go on, or there is nobody left to tell it.
            let _ = may_go_on.recv();
            Shared { config: Config::build(&process.built), setting: AtomicUsize::new(1) }
        };
        let builder = move || _ = process.shared.get_or_init(build);
        thread::Builder::new().name("t1".to_owned()).spawn_scoped(scope, builder)?;
        begun.recv().expect("the initialiser runs");
        // SAFETY: it asks a `OnceLock` that another thread is filling, which is an atomic load and
        // a wait in the kernel.
        let mut child = unsafe { Child::fork(|| _ = process.instance()) }?;
        let waits = info_span!("waits", lane = "the child", what = "the config", from = "nobody");
        let ended = child.ends_within(time);
        drop((waits, child, go_on));
        ended
    })
}

/// The config of a program that is started for it.
static PROCESS: Process = Process::new();

/// Runs a program and returns the few bytes that it prints; one that does not end in time is
/// killed.
fn said_within(limit: Duration, program: &mut Command) -> io::Result<String> {
    let mut child = program.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let begun = Instant::now();
    while child.try_wait()?.is_none() {
        if begun.elapsed() >= limit {
            // It fails for a child that has just ended, and that is as good.
            let _ = child.kill();
            child.wait()?;
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(Duration::from_millis(1));
    }
    let mut said = String::new();
    child.stdout.take().map(|mut stdout| stdout.read_to_string(&mut said)).transpose()?;
    Ok(said)
}

/// Starts a program anew, which builds a config of its own, as this one does; returns what both
/// see.
///
/// # Errors
/// The program could not be started, did not end within 15 s, or did not say what it sees.
pub fn started_anew(program: &Path) -> io::Result<[Side; 2]> {
    let said = said_within(LIMIT, Command::new(program).env(ROLE, "ask"))?;
    let numbers: Vec<usize> =
        said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [number, address, setting] = numbers[..] else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    Ok([PROCESS.side(), Side { number, address, setting }])
}

/// Plays the child of [`started_anew`], if this process is one.
pub fn play() -> Option<ExitCode> {
    std::env::var_os(ROLE)?;
    let Side { number, address, setting } = PROCESS.side();
    // Without a parent there is nobody to say it to.
    let said = writeln!(io::stdout(), "{number} {address} {setting}");
    Some(if said.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
