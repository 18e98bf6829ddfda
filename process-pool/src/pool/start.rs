//! The start of a worker.
//!
//! The new process finds one end of a socketpair as its standard input, and receives the others
//! through it: none of them has a name, so no folder is needed, and no file is left.
#![cfg_attr(
    target_os = "linux",
    expect(unsafe_code, reason = "what is done between fork and exec")
)]

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::answers::{Answers, Kind};
use super::channel::{self, Receiver, Sender};
use super::error::ended;
use super::process::{Process, ProcessRef};
use super::protocol::{self, Control};
use super::worker::ROLE;

/// A worker that has joined: its process, and this end of its channels.
pub(crate) struct Started {
    pub(crate) process: Process,
    pub(crate) tasks: Sender,
    pub(crate) control: Sender,
    pub(crate) answers: Receiver,
}

/// Starts a process and waits until it has joined. `lives` is called with the process at once, and
/// with `None` before it is reaped.
pub(crate) fn start(
    program: &Path,
    hello: &Control,
    memory: [&OwnedFd; 2],
    lives: impl Fn(Option<Arc<ProcessRef>>),
) -> Result<Started, String> {
    let pair =
        || UnixStream::pair().map_err(|error| format!("there is no channel for it: {error}"));
    let ((control, its_control), (tasks, its_tasks), (its_answers, answers)) =
        (pair()?, pair()?, pair()?);
    let mut command = Command::new(program);
    // A process group of its own: Ctrl-C at a terminal ends the pool's process alone, which ends
    // its workers; and a worker's group ends with it.
    command.arg(ROLE).stdin(Stdio::from(OwnedFd::from(its_control))).process_group(0);
    #[cfg(target_os = "linux")]
    inherit_nothing(&mut command);
    let child = command
        .spawn()
        .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    // This drops the parent's copy of the worker's end.
    drop(command);
    let (control, tasks, mut answers) =
        (Sender::new(control), Sender::new(tasks), Receiver::new(answers));
    let sockets = [control.socket(), tasks.socket(), answers.socket()].map(Arc::downgrade);
    // A process that it forked into another group may hold its ends of the channels.
    let at_end = move || {
        sockets
            .iter()
            .filter_map(std::sync::Weak::upgrade)
            .for_each(|socket| channel::end(&socket));
    };
    let process = Process::new(&child, at_end).map_err(|error| error.to_string())?;
    lives(Some(Arc::clone(process.reference())));
    let [status_word, shared] = memory;
    let its = [its_tasks.as_fd(), its_answers.as_fd(), status_word.as_fd(), shared.as_fd()];
    let greeted =
        control.send_descriptors(its).and_then(|()| control.send(protocol::control(hello)));
    drop((its_tasks, its_answers));
    let joined = greeted.and_then(|()| answers.receive(true));
    let is_joined = |message: Vec<u8>| {
        Answers::of(&message)
            .is_some_and(|mut answers| answers.any(|answer| answer.kind == Kind::Joined))
    };
    if joined.is_ok_and(|message| message.is_some_and(is_joined)) {
        return Ok(Started { process, tasks, control, answers });
    }
    // A worker that cannot begin writes why to its standard error, and ends when its channels do.
    drop((control, tasks, answers));
    process.end();
    lives(None);
    let status = ended(process.reap());
    Err(format!(
        "{} ended before it was a worker ({status}): is process_pool::enter the first thing that \
         its main does?",
        program.display()
    ))
}

/// Marks all descriptors of the new process but the first three as close-on-exec, whatever the
/// program has opened: a worker would hold open what is not its own.
#[cfg(target_os = "linux")]
fn inherit_nothing(command: &mut Command) {
    let close_on_exec = || {
        // SAFETY: close_range with CLOEXEC sets a flag of descriptors: it closes none, its three
        // arguments are numbers, and it touches no memory.
        unsafe {
            libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
        };
        // A kernel before Linux 5.11 refuses: then a worker's end is still seen, by its pidfd.
        Ok(())
    };
    // SAFETY: between fork and exec only async-signal-safe code may run. The closure makes one
    // system call, acquires no lock and allocates nothing.
    unsafe { command.pre_exec(close_on_exec) };
}
