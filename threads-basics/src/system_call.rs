//! From user mode to kernel mode and back: what a function call, a call that the vDSO answers, a
//! system call, a page fault and a blocking call cost, and what is counted of each.
//!
//! Whether the kernel is entered is asked of the kernel: a child process has it filter its system
//! calls (seccomp). It may write and end; any other call is its end, by SIGSYS.
#![expect(unsafe_code, reason = "neither std nor rustix has a filter of system calls")]

use std::hint::black_box;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::{Duration, Instant};

use kit::child::{DEADLINE, Entry, output};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::pages::Pages;
use crate::procfs::Task;

/// A call that does not block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Of a function of this program.
    Function,
    /// Of a function that the kernel has mapped into every process (vDSO), which reads the clock.
    Clock,
    /// Of the kernel, for the PID of the parent: it does next to nothing there.
    System,
}

impl Call {
    const ALL: [(&str, Self); 3] =
        [("function", Self::Function), ("clock", Self::Clock), ("system", Self::System)];

    /// Makes the call `times` times; returns how long they took.
    pub fn times(self, times: u32) -> Duration {
        let began = Instant::now();
        match self {
            Self::Function => (0..times).for_each(|number| _ = black_box(function(number))),
            Self::Clock => (0..times).for_each(|_| _ = black_box(Instant::now())),
            Self::System => (0..times).for_each(|_| _ = black_box(rustix::process::getppid())),
        }
        began.elapsed()
    }

    /// Tells whether the call enters the kernel, by a child process that may make no other system call
    /// than to write and to end; `None` where the system does not filter them.
    ///
    /// # Errors
    /// The child cannot be started.
    pub fn is_a_system_call(self, program: &Path) -> io::Result<Option<bool>> {
        let name = Self::ALL.iter().find(|(_, call)| *call == self).map_or("", |(name, _)| name);
        let ended = output(FILTERED.command(program).arg(name), DEADLINE)?;
        Ok(match (ended.status.signal(), ended.status.code()) {
            (Some(SIGSYS), _) => Some(true),
            (_, Some(0)) => Some(false),
            _ => None,
        })
    }
}

/// "Bad system call", on Linux.
const SIGSYS: i32 = 31;

#[inline(never)]
fn function(number: u32) -> u32 {
    black_box(number) + 1
}

/// The child has its system calls filtered, makes a call, and ends.
pub const FILTERED: Entry = Entry { name: "filtered", run: filtered };

fn filtered(arguments: &[String]) -> io::Result<()> {
    let call = Call::ALL.iter().find(|(name, _)| Some(*name) == arguments.first().map(|it| &**it));
    let (_, call) = call.ok_or(io::ErrorKind::InvalidInput)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // What is made at the first use is made before.
    call.times(1);
    filter()?;
    call.times(1);
    // SAFETY: it ends this process, and runs nothing of it before: that might make a system call.
    unsafe { libc::_exit(0) }
}

/// Has the kernel end this process at any system call but a write and the end.
#[cfg(target_os = "linux")]
fn filter() -> io::Result<()> {
    use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W};
    use libc::{SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS, sock_filter, sock_fprog};

    let step = |code, jt, k| sock_filter { code: code as u16, jt, jf: 0, k };
    let mut program = [
        // The number of the call; the two that are allowed jump to the last line.
        step(BPF_LD | BPF_W | BPF_ABS, 0, 0),
        step(BPF_JMP | BPF_JEQ | BPF_K, 2, libc::SYS_write as u32),
        step(BPF_JMP | BPF_JEQ | BPF_K, 1, libc::SYS_exit_group as u32),
        step(BPF_RET | BPF_K, 0, SECCOMP_RET_KILL_PROCESS),
        step(BPF_RET | BPF_K, 0, SECCOMP_RET_ALLOW),
    ];
    let program = sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    rustix::thread::set_no_new_privs(true)?;
    // SAFETY: the program is as long as it says, and is copied by the call.
    match unsafe {
        libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program)
    } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(not(target_os = "linux"))]
fn filter() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The page faults of two rounds of writing to pages, and how long each round took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The page faults; `None` where the system does not count them.
    pub faults: Option<[u64; 2]>,
    /// The times.
    pub took: [Duration; 2],
}

/// Asks for `pages` pages, and writes to each, twice.
///
/// # Errors
/// The system has no room for them.
pub fn touch(pages: usize) -> io::Result<Touched> {
    let mut memory = Pages::own(pages)?;
    let mut rounds = [(); 2].map(|()| {
        let before = Task::me().faults();
        let began = Instant::now();
        memory.touch();
        let took = began.elapsed();
        (Task::me().faults().zip(before).map(|(after, before)| after - before), took)
    });
    let [(first, _), (again, _)] = rounds;
    let faults = first.zip(again).map(|(first, again)| [first, again]);
    Ok(Touched { faults, took: rounds.each_mut().map(|(_, took)| *took) })
}
