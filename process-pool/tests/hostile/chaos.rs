//! Thirty thousand tasks, and a killer: every task has exactly one outcome, and nothing is left
//! over.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirEntry};
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use checks::eventually;
use process_pool::{Builder, OnDeath, Pool, as_completed};
use rustix::process::{Pid, Signal, kill_process};

use crate::job::Job;
use crate::roles::Ran;

const TASKS: u64 = 30_000;
/// How long the killer is at it, at the least.
const LONG: Duration = Duration::from_secs(3);
const EVERY: Duration = Duration::from_millis(20);

fn entries(folder: &str) -> impl Iterator<Item = DirEntry> {
    fs::read_dir(folder).expect("there is a /proc").map(|entry| entry.expect("it can be read"))
}

/// Returns how many descriptors of each kind this process has, and how many mappings of shared
/// memory.
fn held() -> BTreeMap<String, usize> {
    let maps = fs::read_to_string("/proc/self/maps").expect("there is a /proc");
    let mut held = BTreeMap::from([("mappings".to_owned(), maps.matches("memfd:").count())]);
    for entry in entries("/proc/self/fd") {
        // The one that reads this very list is gone by now.
        let Ok(target) = fs::read_link(entry.path()) else { continue };
        let kind = target.to_string_lossy().split(':').next().unwrap_or_default().to_owned();
        *held.entry(kind).or_default() += 1;
    }
    held
}

/// Returns the processes that this one has started and not reaped.
fn children() -> String {
    let of = |thread: DirEntry| fs::read_to_string(thread.path().join("children"));
    entries("/proc/self/task").filter_map(|thread| of(thread).ok()).collect()
}

fn threads() -> usize {
    entries("/proc/self/task").count()
}

/// Kills a worker, chosen at random; returns which.
fn kill_one(pool: &Pool<Job>) -> Option<u32> {
    let pids = pool.pids();
    let random = RandomState::new().hash_one(0) as usize;
    let chosen = *pids.get(random.checked_rem(pids.len())?)?;
    let pid = i32::try_from(chosen).ok().and_then(Pid::from_raw).expect("it is a process");
    kill_process(pid, Signal::KILL).ok().map(|()| chosen)
}

fn pool() -> Pool<Job> {
    let again = OnDeath::RunAgain { limit: u32::MAX };
    Builder::new().workers(2).on_death(again).build().expect("the workers are this program")
}

pub(crate) fn under_a_killer_every_task_has_exactly_one_outcome_and_nothing_is_left_over() -> Ran {
    // What a first pool leaves for good, such as a thread's own storage, is there before the count.
    drop(pool().submit(Job::Echo(0)).wait());
    let (before, threads_before) = (held(), threads());
    let pool = pool();
    let begun = Instant::now();
    let over = AtomicBool::new(false);
    let mut outcomes = 0;
    let killed = thread::scope(|scope| {
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
        killer.join().expect("it does not panic").len()
    });
    assert_eq!(outcomes, TASKS);
    // One each 20 ms would be 150; a busy machine takes longer to start the next.
    assert!(killed > 30 && begun.elapsed() >= LONG, "only {killed} were killed");
    pool.shutdown();
    assert_eq!(children(), "");
    assert_eq!(held(), before);
    // The thread that saw a worker's end may need a moment to end itself.
    eventually("the end of the threads", || threads() <= threads_before);
    Ok(())
}
