//! A process that is forked, and stays what its parent was; and the descriptors of a process.
#![expect(unsafe_code, reason = "fork is a function of C")]

use std::path::PathBuf;

/// Forks a process that does nothing until it is killed, in a process group of its own if it is to
/// be away. Returns its PID.
pub(super) fn fork(away: bool) -> u64 {
    // SAFETY: fork has no arguments. The child calls only functions that are async-signal-safe
    // (setpgid, pause), so no lock that another thread held at the fork is waited for.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        if away {
            // SAFETY: it takes two numbers, and changes the group of the calling process alone.
            unsafe { libc::setpgid(0, 0) };
        }
        loop {
            // SAFETY: it has no arguments, touches no memory, and only waits.
            unsafe { libc::pause() };
        }
    }
    u64::try_from(pid).expect("there is room for a process")
}

/// Lists this process's descriptors, without the numbers, which differ from worker to worker.
pub(super) fn descriptors() -> String {
    let own = std::fs::read_dir("/proc/self/fd").expect("there is a /proc");
    let links = own.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok());
    let what = |link: PathBuf| link.to_string_lossy().replace(|c: char| c.is_ascii_digit(), "");
    let mut descriptors: Vec<_> = links.map(what).collect();
    descriptors.sort();
    descriptors.join(", ")
}
