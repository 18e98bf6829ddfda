//! A thread: a stack, and the kernel's structures for it. A context switch is the kernel's work: a
//! system call to sleep, one to wake, and the scheduler's choice of the next thread.

use std::io;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{Cost, resident, turn};

/// The size of a thread's stack, as std has it by default.
const STACK: usize = 2 * 1024 * 1024;

/// The number of turns of each of two in a round: a turn takes long, so that fewer will do.
const ROUND: u32 = 100;

/// Lets `waiting` threads wait, and two take turns.
///
/// # Errors
/// The system has no room for them.
pub fn cost(waiting: u32) -> io::Result<Cost> {
    // Each waits on a channel of its own until the sender is dropped.
    let (made, memory) = resident(waiting, "self", || {
        let (ready, are_ready) = mpsc::channel();
        let started: io::Result<Vec<_>> = (0..waiting).map(|_| waits(ready.clone())).collect();
        drop(ready);
        // Until all are there, or have ended because not all could be started.
        are_ready.iter().take(waiting as usize).for_each(drop);
        started
    });
    let (goes_on, threads): (Vec<_>, Vec<_>) = made?.into_iter().unzip();
    drop(goes_on);
    threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
    Ok(Cost { waiting, memory, reserved: STACK as u64, switch: turns()? })
}

type Waiting = (mpsc::Sender<()>, JoinHandle<()>);

fn waits(ready: mpsc::Sender<()>) -> io::Result<Waiting> {
    let (goes_on, wait) = mpsc::channel();
    let thread = thread::Builder::new().stack_size(STACK).spawn(move || {
        let _ = ready.send(());
        drop(ready);
        // Until the other end is dropped: nothing is ever sent.
        let _ = wait.recv();
    })?;
    Ok((goes_on, thread))
}

/// Lets two threads hand a token to each other, on one processor where the system lets them be
/// pinned to it.
fn turns() -> io::Result<Duration> {
    let one = thread::Builder::new().spawn(|| {
        pin();
        let (to_one, of_one) = mpsc::channel();
        let (to_other, of_other) = mpsc::channel();
        // It stays on the processor of the thread that starts it.
        let other = thread::Builder::new()
            .spawn(move || while of_other.recv().is_ok() && to_one.send(()).is_ok() {})?;
        let there_and_back = || to_other.send(()).is_ok() && of_one.recv().is_ok();
        // Both are there.
        let mut goes_on = there_and_back();
        let switch = turn(2 * ROUND, || (0..ROUND).for_each(|_| goes_on &= there_and_back()));
        assert!(goes_on, "the other one answers until it is told to end");
        drop(to_other);
        other.join().expect("it does not panic");
        Ok(switch)
    })?;
    one.join().expect("it does not panic")
}

/// Pins this thread to its processor. Where that is refused, the figure is one of two processors.
fn pin() {
    #[cfg(target_os = "linux")]
    {
        let mut set = rustix::thread::CpuSet::new();
        set.set(rustix::thread::sched_getcpu());
        let _ = rustix::thread::sched_setaffinity(None, &set);
    }
}
