//! A fork copies one thread, and all the locks: what another thread held is held for ever in the
//! child.
//!
//! Thread `t1` has the [lock](LOCK) when the parent starts a child that takes it. A forked child
//! finds it held, and nobody in it who could let it go ([`lock_held`]): it hangs, on every run.
//! Three ways out, with the lock held all the same: start a program, whose lock is its own and free
//! ([`started`], by [`Spawn`]); ask a template that never had threads for a fork ([`started`], by
//! [`ForkServer`]); or hold the lock oneself while forking ([`lock_first`]).
//!
//! It need not be a lock of one's own: the allocator, the standard streams, the resolver have
//! theirs. (glibc holds its allocator's while it forks, as `lock_first` does, so that `malloc` goes
//! well there, by its grace.)
#![expect(
    unsafe_code,
    reason = "after a fork, little is allowed in the child, and the compiler does not know"
)]

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::{MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use tracing::info_span;

use crate::child::DEADLINE;
use crate::deadline::{Deadline, read_exact};
use crate::proc::{self, Process};
use crate::spawn_and_wait::{Ended, lane};
use crate::start::{ForkServer, Job, LOCK, Spawn, StartMethod, Streams, fork_and};

/// Shows how a forked child fared that takes the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fared {
    /// How it ended; `None` if it had not when patience was at its end. It is ended then.
    pub ended: Option<Ended>,
    /// The child, as the system shows it at that time, where it does.
    pub seen: Option<Process>,
}

fn lock() -> MutexGuard<'static, ()> {
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does `run` while a thread has the lock.
fn while_held<T>(run: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let (begin, begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let holder =
            thread::Builder::new().name("t1".to_owned()).spawn_scoped(scope, move || {
                let _lock = lock();
                let _holds = info_span!("holds", what = "the lock");
                // Nobody listens where the run has ended without it; either it is told to go on, or
                // there is nobody left to tell it.
                let _ = begin.send(());
                let _ = may_go_on.recv();
            })?;
        begun.recv().map_err(io::Error::other)?;
        let out = run();
        drop(go_on);
        holder.join().map_err(|_| io::Error::other("t1 panicked"))?;
        out
    })
}

/// Forks a child that says that it runs, and takes the lock; then waits for its end, for as long as
/// there is patience.
fn forked_child_takes_it(patience: Duration, release: impl FnOnce()) -> io::Result<Fared> {
    forked_child(patience, || {}, release)
}

/// Does the same with a child that does something else `first`.
fn forked_child(
    patience: Duration,
    first: impl FnOnce(),
    release: impl FnOnce(),
) -> io::Result<Fared> {
    let (hear, mut tell) = io::pipe()?;
    let takes = || {
        first();
        let told = tell.write_all(&[0]);
        release();
        drop(lock());
        i32::from(told.is_err())
    };
    // SAFETY: in a process of several threads, the child may do only what a signal handler may. It
    // writes to a pipe; and takes, or lets go, a std `Mutex`, which is atomic operations and a wait
    // in the kernel, and allocates nothing.
    let mut child = unsafe { fork_and(takes) }?;
    // The child has its own copy of this end. Kept here as well, it would keep the pipe open when
    // the child is gone.
    drop(tell);
    // When the byte comes, the child is at its last step but one.
    read_exact(hear.as_fd(), &mut [0], Deadline::after(DEADLINE)).map_err(|error| {
        io::Error::new(error.kind(), format!("the forked child has said nothing: {error}"))
    })?;
    let _waits = lane("child", || info_span!("waits", what = "the lock", from = "nobody"));
    let ended = child.wait_for(patience)?;
    Ok(Fared { ended, seen: proc::look(child.id()).ok().flatten() })
}

/// Forks while a thread has the lock.
///
/// # Errors
/// The system cannot fork.
pub fn lock_held(patience: Duration) -> io::Result<Fared> {
    while_held(|| forked_child_takes_it(patience, || {}))
}

/// Takes the lock, which means to wait until no other thread has it, and forks: so it is held by
/// the thread that the child has, and both let go of theirs. `pthread_atfork` does that for a
/// library that has locks.
///
/// # Errors
/// The system cannot fork.
pub fn lock_first(patience: Duration) -> io::Result<Fared> {
    let (begin, begun) = mpsc::channel();
    thread::scope(|scope| {
        let holder =
            thread::Builder::new().name("t1".to_owned()).spawn_scoped(scope, move || {
                let _lock = lock();
                let _holds = info_span!("holds", what = "the lock");
                let _ = begin.send(());
            })?;
        begun.recv().map_err(io::Error::other)?;
        let waits = info_span!("waits", what = "the lock", from = "t1");
        let held = lock();
        drop(waits);
        let mut held = Some(held);
        let fared = forked_child_takes_it(patience, || drop(held.take()))?;
        holder.join().map_err(|_| io::Error::other("t1 panicked"))?;
        Ok(fared)
    })
}

/// Starts a child by spawning `program`, or by a fork server that does, while a thread has the
/// lock; returns how it ended.
///
/// # Errors
/// It cannot be started.
pub fn started(program: &Path, by_template: bool) -> io::Result<Ended> {
    while_held(|| {
        // The template may be started this late: it is a program that begins at its beginning.
        let mut method: Box<dyn StartMethod> = if by_template {
            Box::new(ForkServer::new(program, &[])?)
        } else {
            Box::new(Spawn::new(program))
        };
        let _child = lane("child", || info_span!("runs", what = "takes its own lock"));
        let child = method.start(&Job::TakeTheLock, Streams::own())?;
        method.wait(child)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    checks::within_a_minute! {
        #[test]
        fn a_forked_child_that_dies_before_its_first_byte_is_an_error_and_no_wait() {
            // SAFETY: it has no preconditions, and is allowed in a forked child.
            let dies = || unsafe { nix::libc::_exit(3) };
            let error = forked_child(DEADLINE, dies, || {}).expect_err("it has said nothing");
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
