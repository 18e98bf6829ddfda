//! Starts a worker, and ends it.
//!
//! The new process says who it is through a socket that has a name, made for this once. To wait for that alone would be to wait for
//! ever, if the process dies first: so a thread waits for its end, and connects in its place.
#![cfg_attr(target_os = "linux", expect(unsafe_code, reason = "what is done between fork and exec"))]

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use ipc_channel::ipc::IpcOneShotServer;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

use crate::wire::Joined;
use crate::worker::ROLE;

/// How long a process may take to end when its channels have ended: then it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// Owns a worker's process. Its owner has to [`end`](Self::end) it.
pub(crate) struct Process {
    child: Child,
    /// Says that it has ended; it is not reaped then.
    ended: Receiver<()>,
}

/// Starts a process. `lives` is told its number at once; and that it has none any more, before it is reaped.
pub(crate) fn start(program: &Path, lives: impl Fn(Option<u32>)) -> Result<(Process, Joined), String> {
    let (server, name) = IpcOneShotServer::new().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    // A process group of its own: Ctrl-C at a terminal is for the pool's process, which ends its workers; and what they have forked.
    command.args([OsString::from(ROLE), OsString::from(&name)]).stdin(Stdio::null()).process_group(0);
    #[cfg(target_os = "linux")]
    inherit_nothing(&mut command);
    let mut child =
        command.spawn().map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    lives(Some(child.id()));
    let (end, ended) = mpsc::channel();
    let pid = Pid::from_child(&child);
    let waits = thread::Builder::new().name("waits for a worker".to_owned()).spawn(move || {
        // It is not reaped here, so that its number stays its own as long as somebody may kill it.
        let until = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while waitid(WaitId::Pid(pid), until).is_err_and(|error| error == rustix::io::Errno::INTR) {}
        // What it has forked has the ends of its channels, and would hide that it is gone.
        let _ = kill_process_group(pid, Signal::KILL);
        // Refused, if the worker was there first.
        let _ = knock(&name);
        let _ = end.send(());
    });
    if let Err(error) = waits {
        let _ = child.kill();
        lives(None);
        let _ = child.wait();
        return Err(error.to_string());
    }
    let mut process = Process { child, ended };
    match server.accept() {
        Ok((_, joined)) => Ok((process, joined)),
        Err(_) => {
            process.end();
            lives(None);
            let status = process.reap().map_or_else(|error| error.to_string(), |status| status.to_string());
            Err(format!(
                "{} ended before it was a worker ({status}): is process_pool::enter the first thing that its main does?",
                program.display()
            ))
        }
    }
}

/// Has a process find no descriptor of its parent's but the first three. ipc-channel has some copied at times that are not closed by exec:
/// a worker that was just being started would hold on to what is its siblings'.
#[cfg(target_os = "linux")]
fn inherit_nothing(command: &mut Command) {
    let close_on_exec = || {
        // SAFETY: it sets a flag of descriptors of this process, and touches no memory.
        unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
        // A kernel before Linux 5.11 refuses, and leaves them: then the worker's end is still seen, by its process.
        Ok(())
    };
    // SAFETY: between fork and exec it makes that one system call, takes no lock and needs no memory.
    unsafe { command.pre_exec(close_on_exec) };
}

impl Process {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has ended; kills it if that takes too long.
    pub(crate) fn end(&mut self) {
        if self.ended.recv_timeout(GRACE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = self.child.kill();
            let _ = self.ended.recv();
        }
    }

    /// Reaps it: from now on its number may be another's.
    pub(crate) fn reap(mut self) -> std::io::Result<ExitStatus> {
        self.child.wait()
    }
}

/// Connects, and no more. `IpcSender::connect` would do, but for the descriptor that it loses when it is refused.
#[cfg(not(target_os = "macos"))]
fn knock(name: &str) -> std::io::Result<()> {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
    let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    Ok(connect(&socket, &SocketAddrUnix::new(name)?)?)
}

#[cfg(target_os = "macos")]
fn knock(name: &str) -> std::io::Result<()> {
    ipc_channel::ipc::IpcSender::<Joined>::connect(name.to_owned()).map(drop)
}

/// Kills a process that is not reaped.
pub(crate) fn kill(pid: u32) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended by itself.
        let _ = kill_process(pid, Signal::KILL);
    }
}
