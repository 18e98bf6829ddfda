//! Descriptors of processes (pidfds), since Linux 5.3.
#![expect(
    unsafe_code,
    reason = "a signal for a process group by its leader's descriptor has no safe wrapper"
)]

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid};

/// Opens the pidfd of a child that was just started; `None` where the system has none, or no room.
pub(super) fn open(pid: Pid) -> Option<OwnedFd> {
    let fd = pidfd_open(pid, PidfdFlags::empty()).ok()?;
    // If other code has reaped the child meanwhile, the PID may be another process's, which is no
    // child of this one.
    let looks = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::PidFd(fd.as_fd()), looks).ok().map(|_| fd)
}

/// Waits until the process has ended, reaped or not.
pub(super) fn wait(fd: &OwnedFd) {
    // No other error is known, for a descriptor that is open.
    let _ = retry_on_intr(|| poll(&mut [PollFd::new(fd, PollFlags::IN)], None));
}

/// Kills the process group that the process leads or led; returns whether the system can do that
/// (Linux 6.9).
pub(super) fn kill_group(leader: &OwnedFd) -> bool {
    /// `PIDFD_SIGNAL_PROCESS_GROUP` of linux/pidfd.h, which libc does not have yet.
    const PROCESS_GROUP: libc::c_uint = 1 << 2;
    let no_info = ptr::null_mut::<libc::siginfo_t>();
    // SAFETY: the descriptor is open, for it is borrowed; the siginfo pointer may be null, and then
    // the kernel reads no memory of ours; the other arguments are numbers.
    let sent = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            leader.as_raw_fd(),
            libc::SIGKILL,
            no_info,
            PROCESS_GROUP,
        )
    };
    // ESRCH: no process is left in the group.
    sent == 0 || std::io::Error::last_os_error().raw_os_error() == Some(libc::ESRCH)
}
