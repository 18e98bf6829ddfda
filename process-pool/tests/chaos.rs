//! A hundred thousand tasks, and a killer: every task has exactly one outcome, and nothing is left
//! over.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use process_pool::job::Job;
use process_pool::{Builder, OnDeath, Pool, as_completed};
use rustix::process::{Pid, Signal, kill_process};

const TASKS: u64 = 100_000;
/// How long the killer is at it, at the least.
const LONG: Duration = Duration::from_secs(10);
/// Where a worker takes longer to start than the killer to come again, all takes longer.
const A_HANG: Duration = Duration::from_secs(300);
const EVERY: Duration = Duration::from_millis(20);

/// What the system says that this process has: descriptors, by what they are.
fn descriptors() -> BTreeMap<String, usize> {
    let mut held = BTreeMap::new();
    for entry in fs::read_dir("/proc/self/fd").expect("there is a /proc") {
        // The one that reads this very list is gone by now.
        let Ok(target) = fs::read_link(entry.expect("it can be read").path()) else { continue };
        let kind = target.to_string_lossy().split(':').next().unwrap_or_default().to_owned();
        *held.entry(kind).or_default() += 1;
    }
    held
}

/// How many mappings of shared memory this process has.
fn mappings() -> usize {
    fs::read_to_string("/proc/self/maps").expect("there is a /proc").matches("memfd:").count()
}

/// The processes that this one has started and not reaped.
fn children() -> Vec<String> {
    let own = fs::read_dir("/proc/self/task").expect("there is a /proc");
    let of = |thread: fs::DirEntry| {
        fs::read_to_string(thread.path().join("children")).unwrap_or_default()
    };
    own.flat_map(|thread| {
        of(thread.expect("it can be read"))
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    })
    .collect()
}

/// How many threads this process has.
fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("there is a /proc").count()
}

/// Kills a worker, chosen at random; returns which.
fn kill_one(pool: &Pool<Job>) -> Option<u32> {
    let pids = pool.pids();
    let random = RandomState::new().hash_one(0) as usize;
    let chosen = *pids.get(random.checked_rem(pids.len())?)?;
    let pid = i32::try_from(chosen).ok().and_then(Pid::from_raw).expect("it is a process");
    kill_process(pid, Signal::KILL).ok().map(|()| chosen)
}

#[cfg(target_os = "linux")]
#[test]
fn under_a_killer_every_task_has_exactly_one_outcome_and_nothing_is_left_over() {
    let (done, ended) = channel::<()>();
    let run = thread::spawn(move || {
        every_task_has_exactly_one_outcome_and_nothing_is_left_over();
        drop(done);
    });
    assert_ne!(ended.recv_timeout(A_HANG), Err(RecvTimeoutError::Timeout), "it hangs");
    run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[cfg(target_os = "linux")]
fn every_task_has_exactly_one_outcome_and_nothing_is_left_over() {
    // What a first pool leaves for good, such as a thread's own storage, is there before the count.
    drop(pool().submit(Job::Echo(0)).wait());
    let (before, threads_before) = ((descriptors(), mappings()), threads());
    let pool = pool();
    let begun = Instant::now();
    let over = AtomicBool::new(false);
    let (mut outcomes, mut killed) = (0, BTreeSet::new());
    thread::scope(|scope| {
        let killer = scope.spawn(|| {
            let mut killed = BTreeSet::new();
            while !over.load(SeqCst) {
                thread::sleep(EVERY);
                killed.extend(kill_one(&pool));
            }
            killed
        });
        // Ten waves, so that there is work as long as the killer is at it.
        for wave in 0..10 {
            let numbers = wave * TASKS / 10..(wave + 1) * TASKS / 10;
            let handles = pool.submit_all(numbers.clone().map(|number| Job::Spin(50, number)));
            let mut seen = vec![false; handles.len()];
            for (place, outcome) in as_completed(handles) {
                let value = outcome.expect("a task is run again as often as it takes").value;
                assert_eq!(value, numbers.start + place as u64);
                assert!(!std::mem::replace(&mut seen[place], true), "{value} came twice");
                outcomes += 1;
            }
            assert!(seen.into_iter().all(|seen| seen));
            while begun.elapsed() < LONG * (u32::try_from(wave).expect("there are ten") + 1) / 10 {
                assert!(pool.submit(Job::Spin(50, 0)).wait().is_ok());
            }
        }
        over.store(true, SeqCst);
        killed = killer.join().expect("it does not panic");
    });
    assert_eq!(outcomes, TASKS);
    // One each 20 ms would be 500; a busy machine takes longer to start the next.
    assert!(killed.len() > 100 && begun.elapsed() >= LONG, "only {} were killed", killed.len());
    pool.shutdown();
    assert_eq!(children(), Vec::<String>::new());
    assert_eq!((descriptors(), mappings()), before);
    // The thread that saw a worker's end has said so, and may need a moment to end itself.
    let over = Instant::now();
    while threads() > threads_before && over.elapsed() < LONG {
        thread::yield_now();
    }
    assert!(threads() <= threads_before);
    eprintln!("{} workers killed in {:?}", killed.len(), begun.elapsed());
}

fn pool() -> Pool<Job> {
    let again = OnDeath::RunAgain { limit: u32::MAX };
    let builder =
        Builder::new().workers(2).program(env!("CARGO_BIN_EXE_process-pool")).on_death(again);
    builder.build().expect("the binary was built")
}
