//! A worker's process: how it is killed, waited for and reaped.
//!
//! A PID is a process's own until somebody has collected its exit status. That may be this
//! program's other code (`waitpid(-1)`), or the kernel, where SIGCHLD is ignored: then the PID may
//! be another's at any time. So on Linux a process is reached by a descriptor of it, which stays
//! its own.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid,
};

#[cfg(target_os = "linux")]
use super::pidfd;

/// How long a process may take to end when its channels have ended: then it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// What a process is reached by, whether it lives or not.
pub(crate) struct ProcessRef {
    pid: Pid,
    /// None, where the system has no such descriptors, or no room for one.
    #[cfg(target_os = "linux")]
    fd: Option<std::os::fd::OwnedFd>,
}

impl ProcessRef {
    fn new(child: &Child) -> Self {
        let pid = Pid::from_child(child);
        Self {
            pid,
            #[cfg(target_os = "linux")]
            fd: pidfd::open(pid),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    fn id(&self) -> WaitId<'_> {
        #[cfg(target_os = "linux")]
        if let Some(fd) = &self.fd {
            return WaitId::PidFd(std::os::fd::AsFd::as_fd(fd));
        }
        WaitId::Pid(self.pid)
    }

    /// Says whether the PID is still its own: it is a child of this process, and not reaped.
    fn is_unreaped(&self) -> bool {
        waitid(self.id(), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT)
            .is_ok()
    }

    /// Says whether it is stopped, as by SIGSTOP.
    pub(crate) fn is_stopped(&self) -> bool {
        let looks = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        waitid(self.id(), looks).is_ok_and(|status| status.is_some_and(|status| status.stopped()))
    }

    pub(crate) fn kill(&self) {
        #[cfg(target_os = "linux")]
        if let Some(fd) = &self.fd {
            // It may have ended by itself.
            let _ = rustix::process::pidfd_send_signal(fd, Signal::KILL);
            return;
        }
        if self.is_unreaped() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }

    /// Kills what is in its process group, which it leads, and has ended.
    fn kill_group(&self) {
        #[cfg(target_os = "linux")]
        if self.fd.as_ref().is_some_and(pidfd::kill_group) {
            return;
        }
        if self.is_unreaped() {
            let _ = kill_process_group(self.pid, Signal::KILL);
        }
    }

    /// Waits until it has ended; it is not reaped here.
    fn wait(&self) {
        #[cfg(target_os = "linux")]
        if let Some(fd) = &self.fd {
            return pidfd::wait(fd);
        }
        let until = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while waitid(self.id(), until).is_err_and(|error| error == rustix::io::Errno::INTR) {}
    }
}

/// Owns a worker's process. Its owner has to [`end`](Self::end) it.
pub(crate) struct Process {
    process_ref: Arc<ProcessRef>,
    /// Says that it has ended; it is not reaped then.
    ended: Receiver<()>,
}

impl Process {
    /// Watches over a process that was just started. `at_end` is called when it has ended, on a
    /// thread of its own.
    ///
    /// # Errors
    /// There is no room for a thread: then it was killed and reaped.
    pub(crate) fn new(
        child: &Child,
        at_end: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<Self> {
        let process_ref = Arc::new(ProcessRef::new(child));
        let (end, ended) = mpsc::channel();
        let process = Self { process_ref: Arc::clone(&process_ref), ended };
        let waits = thread::Builder::new().name("waits for a worker".to_owned());
        let waits = waits.spawn(move || {
            process_ref.wait();
            // What it has forked has the ends of its channels, and would hide that it is gone.
            process_ref.kill_group();
            at_end();
            let _ = end.send(());
        });
        if let Err(error) = waits {
            process.process_ref.kill();
            process.reap();
            return Err(error);
        }
        Ok(process)
    }

    pub(crate) fn process_ref(&self) -> &Arc<ProcessRef> {
        &self.process_ref
    }

    /// Waits until it has ended; kills it if that takes too long.
    pub(crate) fn end(&self) {
        if self.ended.recv_timeout(GRACE) == Err(mpsc::RecvTimeoutError::Timeout) {
            self.process_ref.kill();
            let _ = self.ended.recv();
        }
    }

    /// Reaps it, and returns its exit status, if nobody else has collected it.
    pub(crate) fn reap(self) -> Option<ExitStatus> {
        loop {
            match waitid(self.process_ref.id(), WaitIdOptions::EXITED) {
                Err(rustix::io::Errno::INTR) => {}
                status => {
                    let status = status.ok()??;
                    let exited = status.exit_status().map(|code| (code & 0xff) << 8);
                    let dumped = if status.dumped() { 0x80 } else { 0 };
                    return exited
                        .or(status.terminating_signal().map(|signal| signal | dumped))
                        .map(ExitStatus::from_raw);
                }
            }
        }
    }
}
