//! What a task asks of the allocator while it waits for ever: counted, not timed.

#![allow(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use async_executor::LocalExecutor;
use bench::python::Pythons;
use corosensei::Coroutine;
use coroutines::executor::Executor;
use futures_executor::LocalPool;
use futures_util::task::LocalSpawnExt;

use super::{as_a_task, by, give_way, tokios};

const IDLE: usize = 100_000;
/// Of those that need a stack.
const STACKS: usize = 1000;

/// Counts what is in use while it is told to; else it costs a look at a flag.
struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static IN_USE: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: it hands everything on to the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Relaxed) {
            IN_USE.fetch_add(layout.size(), Relaxed);
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if COUNTS.load(Relaxed) {
            IN_USE.fetch_sub(layout.size(), Relaxed);
        }
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}

fn bytes(contender: &str, how: &str, all: usize, of: usize) {
    eprintln!("coroutines/memory/{contender}: {} bytes each, {how}, {of} of them", all / of);
}

/// Counts what this asks of the allocator and does not give back.
fn counted<R>(contender: &str, make: impl FnOnce() -> R) {
    let before = IN_USE.load(Relaxed);
    COUNTS.store(true, Relaxed);
    let made = make();
    COUNTS.store(false, Relaxed);
    bytes(contender, "counted by the allocator", IN_USE.load(Relaxed) - before, IDLE);
    drop(made);
}

/// The process's resident bytes, where the system says them.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

/// Prints by how much this makes the process grow.
fn grown<R>(contender: &str, make: impl FnOnce() -> R) {
    let Some(before) = resident() else {
        return eprintln!("coroutines/memory/{contender}: not known here");
    };
    let made = make();
    let after = resident().unwrap_or(before);
    bytes(contender, "by which the process grew", after.saturating_sub(before), STACKS);
    drop(made);
}

pub(super) fn memory(pythons: &mut Pythons) {
    // The handles lie in a row of their own, which is not counted.
    let mut handles = Vec::with_capacity(IDLE);
    let executor = Executor::new();
    counted("ours", || {
        handles.extend((0..IDLE).map(|_| executor.spawn(pending::<()>())));
        executor.block_on(give_way());
    });
    drop((executor, handles));
    for (name, runtime) in tokios() {
        let mut handles = Vec::with_capacity(IDLE);
        counted(name, || {
            handles.extend((0..IDLE).map(|_| runtime.spawn(pending::<()>())));
            as_a_task(&runtime, give_way());
        });
    }
    let mut pool = LocalPool::new();
    counted("LocalPool", || {
        let spawner = pool.spawner();
        (0..IDLE).for_each(|_| spawner.spawn_local(pending::<()>()).expect("the pool is there"));
        pool.run_until_stalled();
    });
    drop(pool);
    let executor = LocalExecutor::new();
    counted("async-executor", || {
        (0..IDLE).for_each(|_| executor.spawn(pending::<()>()).detach());
        while executor.try_tick() {}
    });
    drop(executor);
    grown("stackful", || {
        let start = |_| {
            let mut coroutine =
                Coroutine::<bool, (), ()>::new(
                    |yielder, goes_on| while goes_on && yielder.suspend(()) {},
                );
            assert!(coroutine.resume(true).as_yield().is_some());
            coroutine
        };
        (0..STACKS).map(start).collect::<Vec<_>>()
    });
    let ends = Arc::new(Mutex::new(()));
    let (held, mut threads) = (ends.lock(), Vec::with_capacity(STACKS));
    grown("threads", || {
        let (started, all_started) = sync_channel(STACKS);
        for _ in 0..STACKS {
            let (started, ends) = (started.clone(), Arc::clone(&ends));
            threads.push(std::thread::spawn(move || {
                started.send(()).expect("it is waited for");
                drop(ends.lock());
            }));
        }
        all_started.iter().take(STACKS).for_each(drop);
    });
    drop(held);
    threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
    pythons.each(|python| {
        let (_, grew) = by(python, "memory", IDLE as u64);
        bytes(&python.asyncio(), "by which the process grew", grew as usize, IDLE);
    });
}
