//! From user mode to kernel mode and back: what each way costs, and what is counted of it.
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
use rustix::param::page_size;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::procfs::Task;

/// A call, made a number of times.
pub type Call = fn(u32);

/// The calls, by their names.
pub const CALLS: [(&str, Call); 3] = [("function", function), ("clock", clock), ("system", system)];

/// Calls a function of this program.
pub fn function(times: u32) {
    #[inline(never)]
    fn called(number: u32) -> u32 {
        black_box(number) + 1
    }
    (0..times).for_each(|number| _ = black_box(called(number)));
}

/// Reads the clock, by a function that the kernel has mapped into every process (vDSO).
pub fn clock(times: u32) {
    (0..times).for_each(|_| _ = black_box(Instant::now()));
}

/// Asks the kernel for the PID of the parent: it does next to nothing there.
pub fn system(times: u32) {
    (0..times).for_each(|_| _ = black_box(rustix::process::getppid()));
}

/// Tells whether a call, by its name, enters the kernel: by a child process that may make no other
/// system call than to write and to end. `None` where the system does not filter them.
pub fn enters_the_kernel(program: &Path, name: &str) -> io::Result<Option<bool>> {
    let ended = output(FILTERED.command(program).arg(name), DEADLINE)?.status;
    Ok(match (ended.signal(), ended.code()) {
        (Some(libc::SIGSYS), _) => Some(true),
        (_, Some(0)) => Some(false),
        _ => None,
    })
}

/// The number of pages from which on glibc keeps no memory for later (32 MiB).
const MOST_KEPT: usize = 8193;

/// The child has its system calls filtered, makes a call, and ends.
pub const FILTERED: Entry = Entry { name: "filtered", run: filtered };

fn filtered(arguments: &[String]) -> io::Result<()> {
    let call = CALLS.iter().find(|(name, _)| Some(*name) == arguments.first().map(String::as_str));
    let (_, call) = call.ok_or(io::ErrorKind::InvalidInput)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // What is made at the first use is made before.
    call(1);
    filter()?;
    call(1);
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

/// Allocates new pages, and writes to each, twice; returns the page faults of each round, where the
/// system counts them, and how long it took.
pub fn touch(pages: usize) -> [(u64, Duration); 2] {
    // A fault brings one page, and not 512 at once.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    // So large that the allocator asks the kernel for it: all zeros, and none of its pages there
    // yet but the first, on which the allocator has noted the size.
    let mut memory = vec![0_u8; (pages + 1).max(MOST_KEPT) * page_size()];
    let rounds = [(); 2].map(|()| {
        let faults = || Task::me().faults().unwrap_or_default();
        let before = faults();
        let began = Instant::now();
        let each = memory.iter_mut().step_by(page_size()).skip(1).take(pages);
        each.for_each(|byte| *black_box(byte) = 1);
        let took = began.elapsed();
        (faults() - before, took)
    });
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(false);
    rounds
}
