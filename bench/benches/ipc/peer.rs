//! The other process of a contender: forked, kept on a core, killed and reaped at the end.
#![allow(unsafe_code, reason = "a process is forked")]

use std::io::{PipeReader, PipeWriter};
use std::time::{Duration, Instant};

/// A forked process that runs until it is dropped.
pub(crate) struct Peer(libc::pid_t);

impl Peer {
    /// Forks it, and keeps this process and it on a core each.
    pub(crate) fn start(cores: [usize; 2], body: impl FnOnce()) -> Self {
        stay_on(cores[0]);
        Self::start_anywhere(move || {
            stay_on(cores[1]);
            body();
        })
    }

    /// Forks it.
    pub(crate) fn start_anywhere(body: impl FnOnce()) -> Self {
        // SAFETY: criterion runs benches on the one thread that this process has; so whatever the
        // forked one finds locked, it has locked itself.
        match unsafe { libc::fork() } {
            -1 => panic!("{}", std::io::Error::last_os_error()),
            0 => {
                #[cfg(target_os = "linux")]
                let _ = rustix::process::set_parent_process_death_signal(Some(
                    rustix::process::Signal::KILL,
                ));
                // Past this, nothing of the parent's may run here, a panic's unwinding least of
                // all.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
                // SAFETY: it ends this process at once.
                unsafe { libc::_exit(0) }
            }
            pid => {
                // What it owns is the peer's now: to drop it here would close the peer's end of a
                // ring.
                std::mem::forget(body);
                Self(pid)
            }
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // SAFETY: it is this process's child, and is reaped here alone.
        unsafe {
            libc::kill(self.0, libc::SIGKILL);
            libc::waitpid(self.0, std::ptr::null_mut(), 0);
        }
    }
}

/// Keeps the calling process on a core, where there is one and the system lets it.
pub(crate) fn stay_on(core: usize) {
    #[cfg(target_os = "linux")]
    {
        let mut set = rustix::thread::CpuSet::new();
        set.set(core);
        // It fails where there is no such core for this process; then it runs where it may.
        let _ = rustix::thread::sched_setaffinity(None, &set);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = core;
}

/// Keeps the processor busy for that long.
pub(crate) fn work(time: Duration) {
    if time.is_zero() {
        return;
    }
    let begun = Instant::now();
    while begun.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// Makes a pipe.
pub(crate) fn pipe() -> (PipeWriter, PipeReader) {
    let (reader, writer) = std::io::pipe().expect("there is room for a pipe");
    (writer, reader)
}
