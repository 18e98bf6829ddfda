//! A process that is forked, and stays what its parent was.
#![expect(unsafe_code, reason = "fork is a function of C")]

/// Forks a process that does nothing until it is killed, in a process group of its own if it is to
/// be away. Returns its PID.
pub(super) fn fork(away: bool) -> u64 {
    // SAFETY: the child calls nothing but `pause`, which may be called there whatever other threads
    // had in their hands.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        if away {
            // SAFETY: it changes the group of the calling process, and takes two numbers.
            unsafe { libc::setpgid(0, 0) };
        }
        loop {
            // SAFETY: it has no arguments, and only waits.
            unsafe { libc::pause() };
        }
    }
    u64::try_from(pid).expect("there is room for a process")
}
