//! A fork whose child belongs to another process: it is a child of its maker's parent, which reaps
//! it as any other child of its own (`CLONE_PARENT`).
//!
//! glibc's `fork` does not take that flag, so the system call is made here. `fork` does more than
//! the call, and what a process with one thread needs of it is done here as well:
//!
//! - The child's thread has a new ID (TID), and glibc keeps each thread's, for mutexes that know
//!   their owner. `CLONE_CHILD_SETTID` lets the kernel write it. Its address is the one that glibc
//!   has registered, to be cleared at the thread's end; the kernel tells it (`PR_GET_TID_ADDRESS`).
//! - The list by which the kernel releases a dead thread's robust mutexes is registered anew: a
//!   child does not inherit that.
//!
//! The rest concerns other threads, and `pthread_atfork`, whose handlers are not run: a program
//! that has registered some does not call this.
#![expect(unsafe_code, reason = "a fork that glibc does not know of, by the system call itself")]

use std::io::{self, Write};

use rustix::process::Pid;

use super::fork::{check_alone, exit_code, exit_with, set_time_to_live};

/// Forks a child of this process's parent, which has to wait for it. This process has to have no
/// thread but the caller. The child does `run`, and exits as one that is
/// [`forked`](super::forked). Returns its PID.
///
/// It is killed after its [deadline](kit::child::DEADLINE), but does not end with either process: a
/// signal at the parent's death (`PR_SET_PDEATHSIG`) would come when the thread ends that has started
/// this process. A process group, which it shares with this process, is a way to end it.
///
/// # Errors
/// This process has other threads, or cannot fork;
/// [`Unsupported`](io::ErrorKind::Unsupported): see [`check_forks_for_parent`].
pub fn forked_for_parent(run: impl FnOnce() -> io::Result<i32>) -> io::Result<u32> {
    check_alone()?;
    // What is left in the buffer would be in the child's copy as well.
    io::stdout().flush()?;
    // SAFETY: `check_alone` found no other thread.
    match unsafe { fork_for_parent() }? {
        Some(child) => Ok(child.as_raw_nonzero().get().unsigned_abs()),
        None => {
            set_time_to_live();
            exit_with(|| exit_code(run))
        }
    }
}

/// Checks that this system has what [`forked_for_parent`] takes.
///
/// # Errors
/// [`Unsupported`](io::ErrorKind::Unsupported): it is not Linux with glibc on x86-64 or ARM; or its
/// kernel does not tell a thread the address of its TID (it was built without
/// `CONFIG_CHECKPOINT_RESTORE`).
pub fn check_forks_for_parent() -> io::Result<()> {
    tid_address().map(drop)
}

fn unsupported() -> io::Error {
    let why = "a fork by CLONE_PARENT needs glibc and PR_GET_TID_ADDRESS";
    io::Error::new(io::ErrorKind::Unsupported, why)
}

/// Returns the address at which glibc keeps this thread's TID.
#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
fn tid_address() -> io::Result<std::ptr::NonNull<nix::libc::c_void>> {
    rustix::thread::get_clear_child_tid_address().ok().flatten().ok_or_else(unsupported)
}

#[cfg(not(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
fn tid_address() -> io::Result<()> {
    Err(unsupported())
}

/// Forks a child of this process's parent; both go on from here. Returns the child's PID, and `None`
/// in the child.
///
/// # Safety
/// This process has no other thread, or the child calls only what is async-signal-safe.
#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
pub(super) unsafe fn fork_for_parent() -> io::Result<Option<Pid>> {
    use std::ptr::null_mut;

    use nix::errno::Errno;
    use nix::libc::{
        CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, CLONE_PARENT, SIGCHLD, SYS_clone,
        SYS_get_robust_list, SYS_set_robust_list, c_long, c_void, syscall,
    };

    let tid = tid_address()?;
    let (mut list, mut size) = (null_mut::<c_void>(), 0_usize);
    let this_thread: c_long = 0;
    // SAFETY: The kernel writes a pointer and a size to the two places.
    let told = unsafe { syscall(SYS_get_robust_list, this_thread, &raw mut list, &raw mut size) };
    Errno::result(told)?;
    let flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
    let (none, tid) = (null_mut::<c_void>(), tid.as_ptr());
    // SAFETY: Without `CLONE_VM` the child has its own copy of all memory, this stack included, so
    // both may return from here. No stack (null) means the same one. `tid` is a place in the
    // thread's own block, which glibc has registered for this purpose: so the child has it as well,
    // and the kernel may write there. It is given twice, for x86-64 has it fourth and ARM fifth; the
    // other one of the two is for `CLONE_SETTLS`, and is not looked at. What the child may do is
    // this function's own contract.
    let child = unsafe { syscall(SYS_clone, c_long::from(flags), none, none, tid, tid) };
    match Errno::result(child)? {
        0 => {
            // SAFETY: It is the list that glibc has registered for this thread in the parent, at
            // the same address in the copy, and of the same size. It is empty: the parent holds no
            // robust mutex while it forks, for what it held its child would seem to own.
            unsafe { syscall(SYS_set_robust_list, list, size) };
            Ok(None)
        }
        child => Ok(Pid::from_raw(i32::try_from(child).map_err(io::Error::other)?)),
    }
}

/// # Safety
/// None is needed here.
#[cfg(not(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
pub(super) unsafe fn fork_for_parent() -> io::Result<Option<Pid>> {
    Err(unsupported())
}
