//! A worker's process: how it is killed, waited for and reaped.
//!
//! A PID is a process's own until its exit status is collected. Other code of this program may do
//! that (`waitpid(-1)`), or the kernel, where SIGCHLD is ignored: then the PID may be another
//! process's at any time. So on Linux a process is reached by a pidfd, which stays its own.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::io::retry_on_intr;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid,
};

#[cfg(target_os = "linux")]
use super::pidfd;

/// How long a process may take to end after its channels have ended; then it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// A reference to a process, whether it lives or not.
pub(crate) struct ProcessRef {
    pid: Pid,
    /// `None` where the system has no pidfds, or no room for one.
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

    /// Returns whether the PID is still its own: it is a child of this process, and not reaped.
    fn is_unreaped(&self) -> bool {
        waitid(self.id(), WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT)
            .is_ok()
    }

    /// Returns whether the process is stopped, as by SIGSTOP.
    pub(crate) fn is_stopped(&self) -> bool {
        let looks = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        waitid(self.id(), looks).is_ok_and(|status| status.is_some_and(|status| status.stopped()))
    }

    pub(crate) fn kill(&self) {
        #[cfg(target_os = "linux")]
        if let Some(fd) = &self.fd {
            // The process may have ended by itself.
            let _ = rustix::process::pidfd_send_signal(fd, Signal::KILL);
            return;
        }
        if self.is_unreaped() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }

    /// Kills the process group that it leads, after its own end.
    fn kill_group(&self) {
        #[cfg(target_os = "linux")]
        if self.fd.as_ref().is_some_and(pidfd::kill_group) {
            return;
        }
        if self.is_unreaped() {
            let _ = kill_process_group(self.pid, Signal::KILL);
        }
    }

    /// Waits until the process has ended; does not reap it.
    fn wait(&self) {
        #[cfg(target_os = "linux")]
        if let Some(fd) = &self.fd {
            return pidfd::wait(fd);
        }
        let until = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        // Where it was reaped already, it has ended.
        let _ = retry_on_intr(|| waitid(self.id(), until));
    }
}

/// A worker's process. Its owner has to [`end`](Self::end) it.
pub(crate) struct Process {
    process_ref: Arc<ProcessRef>,
    /// Receives a message when the process has ended; it is not reaped then.
    ended: Receiver<()>,
}

impl Process {
    /// Returns a process that was just started. `at_end` is called when it has ended, on a thread
    /// of its own.
    ///
    /// # Errors
    /// There is no room for a thread: then the process was killed and reaped.
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
            // Its own children hold the ends of its channels, and would hide that it is gone.
            process_ref.kill_group();
            at_end();
            // The pidfd is closed when the owner learns of the end.
            drop(process_ref);
            let _ = end.send(());
        });
        if let Err(error) = waits {
            process.process_ref.kill();
            process.reap();
            return Err(error);
        }
        Ok(process)
    }

    pub(crate) fn reference(&self) -> &Arc<ProcessRef> {
        &self.process_ref
    }

    /// Waits until the process has ended; kills it if that takes too long.
    pub(crate) fn end(&self) {
        if self.ended.recv_timeout(GRACE) == Err(mpsc::RecvTimeoutError::Timeout) {
            self.process_ref.kill();
            let _ = self.ended.recv();
        }
    }

    /// Reaps the process; returns its exit status, if no other code has collected it.
    pub(crate) fn reap(self) -> Option<ExitStatus> {
        let status = retry_on_intr(|| waitid(self.process_ref.id(), WaitIdOptions::EXITED));
        let status = status.ok()??;
        let exited = status.exit_status().map(|code| (code & 0xff) << 8);
        let dumped = if status.dumped() { 0x80 } else { 0 };
        exited
            .or(status.terminating_signal().map(|signal| signal | dumped))
            .map(ExitStatus::from_raw)
    }
}
