//! What it takes to wait, and to take turns: a task, a coroutine with a stack of its own, a thread.
//!
//! Memory is counted where it is asked for. A task is an allocation on the heap, and an allocator
//! that counts knows it to the byte ([`Counting`]). A stack is asked for as a whole and
//! becomes memory page by page, as it is touched; the system counts the page faults. What the kernel
//! keeps for a thread, its kernel stack included, is not counted.

use std::io;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use corosensei::Coroutine;
use corosensei::stack::DefaultStack;

mod counting;

pub use counting::{Counting, counted};

/// The number of turns of each of two in one of five rounds that are timed.
pub(crate) const TURNS: u32 = 1_000;

/// What one of a kind takes.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// The number of those that waited at once.
    pub waiting: u32,
    /// The memory of each, in bytes, where it could be counted.
    pub memory: Option<u64>,
    /// The address space of each, in bytes: what its stack might become.
    pub reserved: u64,
    /// The time of a switch, in the quickest of five rounds: whatever else the machine does makes
    /// it longer.
    pub switch: Duration,
}

/// Times five rounds of `turns` turns in all; returns the time of a turn in the quickest.
pub(crate) fn turn(turns: u32, mut round: impl FnMut()) -> Duration {
    let timed = (0..5).map(|_| {
        let began = Instant::now();
        round();
        began.elapsed() / turns
    });
    timed.min().unwrap_or_default()
}

/// Makes `waiting` of a kind; returns them, and the bytes that were touched for each for the first
/// time, page by page, where the system counts them: by this thread (`thread-self`) or by all
/// (`self`).
fn resident<T>(waiting: u32, whose: &str, make: impl FnOnce() -> T) -> (T, Option<u64>) {
    let faults = || -> Option<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{whose}/stat")).ok()?;
        // Behind the name, which may hold anything, the eighth is the number of minor page faults.
        stat.rsplit_once(')')?.1.split_whitespace().nth(7)?.parse().ok()
    };
    let before = faults();
    let made = make();
    let page = rustix::param::page_size() as u64;
    let each = |(now, before)| (now - before) * page / u64::from(waiting);
    (made, faults().zip(before).map(each))
}

/// The size of a coroutine's stack. The guard page below it comes on top.
const COROUTINE_STACK: usize = 64 * 1024;

/// Returns a coroutine that yields `times` times.
fn yields(times: u32) -> io::Result<Coroutine<(), (), ()>> {
    Ok(Coroutine::with_stack(DefaultStack::new(COROUTINE_STACK)?, move |yielder, ()| {
        (0..times).for_each(|_| yielder.suspend(()));
    }))
}

/// Lets `waiting` coroutines wait, each on a stack of its own, and two take turns. A switch saves a
/// few registers and changes the stack pointer: no queue, no system call.
///
/// # Errors
/// The system has no room for their stacks.
pub fn stackful(waiting: u32) -> io::Result<Cost> {
    let (made, memory) = resident(waiting, "thread-self", || {
        let waits = |_| {
            let mut coroutine = yields(1)?;
            coroutine.resume(());
            Ok(coroutine)
        };
        (0..waiting).map(waits).collect::<io::Result<Vec<_>>>()
    });
    // To their ends: otherwise their stacks would have to be unwound.
    for mut coroutine in made? {
        coroutine.resume(());
    }
    let pair = |_| Ok([yields(TURNS)?, yields(TURNS)?]);
    let mut pairs = (0..5).map(pair).collect::<io::Result<Vec<_>>>()?;
    let switch = turn(2 * TURNS, || {
        let mut pair = pairs.pop().expect("there is one for each round");
        while !pair[0].done() {
            for coroutine in &mut pair {
                coroutine.resume(());
            }
        }
    });
    Ok(Cost { waiting, memory, reserved: COROUTINE_STACK as u64, switch })
}

/// The size of a thread's stack, as std has it by default.
const THREAD_STACK: usize = 2 * 1024 * 1024;
/// The number of turns of each of two threads in a round: a turn takes long, so fewer will do.
const THREAD_TURNS: u32 = 100;

/// Lets `waiting` threads wait, and two take turns. A context switch is the kernel's work: a system
/// call to sleep, one to wake, and the scheduler's choice of the next thread.
///
/// # Errors
/// The system has no room for them.
pub fn threads(waiting: u32) -> io::Result<Cost> {
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
    Ok(Cost { waiting, memory, reserved: THREAD_STACK as u64, switch: thread_switch()? })
}

fn waits(ready: mpsc::Sender<()>) -> io::Result<(mpsc::Sender<()>, JoinHandle<()>)> {
    let (goes_on, wait) = mpsc::channel();
    let thread = thread::Builder::new().stack_size(THREAD_STACK).spawn(move || {
        let _ = ready.send(());
        drop(ready);
        // Until the other end is dropped: nothing is ever sent.
        let _ = wait.recv();
    })?;
    Ok((goes_on, thread))
}

/// Lets two threads hand a token to each other, on one processor where the system lets them be
/// pinned to it.
fn thread_switch() -> io::Result<Duration> {
    let one = thread::Builder::new().spawn(|| {
        // Where that is refused, the figure is one of two processors.
        #[cfg(target_os = "linux")]
        {
            let mut set = rustix::thread::CpuSet::new();
            set.set(rustix::thread::sched_getcpu());
            let _ = rustix::thread::sched_setaffinity(None, &set);
        }
        let (to_one, of_one) = mpsc::channel();
        let (to_other, of_other) = mpsc::channel();
        // It stays on the processor of the thread that starts it.
        let other = thread::Builder::new()
            .spawn(move || while of_other.recv().is_ok() && to_one.send(()).is_ok() {})?;
        let there_and_back = || to_other.send(()).is_ok() && of_one.recv().is_ok();
        // Both are there.
        let mut goes_on = there_and_back();
        let switch =
            turn(2 * THREAD_TURNS, || (0..THREAD_TURNS).for_each(|_| goes_on &= there_and_back()));
        assert!(goes_on, "the other one answers until it is told to end");
        drop(to_other);
        other.join().expect("it does not panic");
        Ok(switch)
    })?;
    one.join().expect("it does not panic")
}
