//! A fork copies one thread and all the locks: a lock that another thread held is held for ever in
//! the child.
//!
//! Thread `t1` holds the [lock](LOCK) when the parent starts a child that acquires it. A forked
//! child finds it held, and has no thread that could release it ([`lock_held`]): it hangs, on every
//! run. Three ways out, with the lock held all the same: start a program, whose lock is its own and
//! free ([`started`], by [`Spawn`]); ask a zygote, which never had threads, for a fork ([`started`],
//! by [`ForkServer`]); or acquire the lock before the fork ([`lock_first`]).
//!
//! It need not be a lock of one's own: the allocator, the standard streams and the resolver have
//! theirs. (glibc acquires its allocator's around the fork, as `lock_first` does; other allocators
//! need not.)
#![expect(
    unsafe_code,
    reason = "after a fork, little is allowed in the child, and the compiler does not know"
)]

use std::io::{self, Write};
use std::path::Path;
use std::sync::{MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use kit::child::DEADLINE;
use kit::deadline::{Deadline, read_exact};
use kit::process_lane::Lane;
use tracing::info_span;

use crate::exit::Exit;
use crate::procfs::{self, Process};
use crate::start::{ForkServer, Job, LOCK, Spawn, StartMethod, Streams, fork_and};

#[doc(hidden)]
pub mod model;

/// What became of a forked child that acquires the lock: its exit status, `None` if it had not ended
/// at the timeout, and is killed; and the child at that time, where the system shows it.
pub type LockAfterFork = (Option<Exit>, Option<Process>);

fn lock() -> MutexGuard<'static, ()> {
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does `run` while thread `t1` holds the lock. `run` is given what `t1` waits for: it releases the
/// lock when that is dropped.
fn while_held<T>(run: impl FnOnce(mpsc::Sender<()>) -> io::Result<T>) -> io::Result<T> {
    let (acquired, is_acquired) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let t1 = thread::Builder::new().name("t1".to_owned()).spawn_scoped(scope, move || {
            let _lock = lock();
            let _holds = info_span!("holds", what = "the lock");
            // Both fail only if the other side has returned already.
            let _ = acquired.send(());
            let _ = released.recv();
        })?;
        is_acquired.recv().map_err(io::Error::other)?;
        let out = run(release);
        t1.join().map_err(|_| io::Error::other("t1 panicked"))?;
        out
    })
}

/// Forks a child that does `first`, writes a byte, does `release`, and acquires the lock; waits for
/// its end until the timeout.
fn forked_child(
    timeout: Duration,
    first: impl FnOnce(),
    release: impl FnOnce(),
) -> io::Result<LockAfterFork> {
    let (reader, mut writer) = io::pipe()?;
    let run = || {
        first();
        let written = writer.write_all(&[0]);
        release();
        drop(lock());
        i32::from(written.is_err())
    };
    // SAFETY: `fork_and` asks that `run` calls only what is async-signal-safe, for this process has
    // several threads. It writes to a pipe: a system call. It releases or acquires a std `Mutex`:
    // atomic operations and futex calls, which allocate nothing. `first` is empty or `_exit`.
    let mut child = unsafe { fork_and(run) }?;
    // The child has its own copy of the writing end. If the parent kept one as well, the pipe would
    // not end with the child.
    drop(writer);
    // When the byte arrives, the child has only the lock left to acquire.
    read_exact(&reader, &mut [0], Deadline::after(DEADLINE)).map_err(|error| {
        io::Error::new(error.kind(), format!("the forked child has written nothing: {error}"))
    })?;
    let _child = Lane::of("child", child.id()).waits("a lock that no thread of it holds", None);
    let exit = child.wait_timeout(timeout)?;
    Ok((exit, procfs::process(child.id()).ok().flatten()))
}

/// Forks while `t1` holds the lock.
pub fn lock_held(timeout: Duration) -> io::Result<LockAfterFork> {
    while_held(|_release| forked_child(timeout, || {}, || {}))
}

/// Acquires the lock, which means to wait until `t1` has released it, and forks: the thread that
/// holds the lock is the one that the child has, and parent and child release their copies.
/// `pthread_atfork` does that for a library that has locks.
pub fn lock_first(timeout: Duration) -> io::Result<LockAfterFork> {
    while_held(|release| {
        drop(release);
        let waits = info_span!("waits", what = "the lock", from = "t1");
        let mut held = Some(lock());
        drop(waits);
        forked_child(timeout, || {}, || drop(held.take()))
    })
}

/// Starts a child by [`Spawn`], or by a [`ForkServer`], while `t1` holds the lock; returns its exit
/// status.
pub fn started(program: &Path, by_zygote: bool) -> io::Result<Exit> {
    while_held(|_release| {
        // The zygote may be started even now: it is a program that begins at its beginning.
        let mut method: Box<dyn StartMethod> = if by_zygote {
            Box::new(ForkServer::new(program, &[])?)
        } else {
            Box::new(Spawn::new(program))
        };
        let child = method.start(&Job::AcquireTheLock, Streams::own())?;
        let _child = Lane::of("child", child).runs("acquires its own lock");
        method.wait(child)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    checks::within_a_minute! {
        #[test]
        fn a_forked_child_that_dies_before_its_first_byte_is_an_error_and_no_wait() {
            let dies = || crate::start::exit_at_once(3);
            let error = forked_child(DEADLINE, dies, || {}).expect_err("it has written nothing");
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
