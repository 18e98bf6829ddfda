//! A hundred thousand tasks, and a killer: every task has exactly one outcome, and nothing is left over.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use process_pool::job::Job;
use process_pool::{Builder, OnDeath, Pool, as_completed};
use rustix::process::{Pid, Signal, kill_process};

const TASKS: u64 = 100_000;
/// How long the killer is at it, at the least.
const LONG: Duration = Duration::from_secs(10);
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
    let of = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("children")).unwrap_or_default();
    own.flat_map(|thread| {
        of(thread.expect("it can be read")).split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    })
    .collect()
}

fn kill_one(pool: &Pool<Job>, turn: usize) -> usize {
    let pids = pool.pids();
    let Some(pid) = (!pids.is_empty()).then(|| pids[turn * 7 % pids.len()]) else { return 0 };
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("it is a process");
    usize::from(kill_process(pid, Signal::KILL).is_ok())
}

#[cfg(target_os = "linux")]
#[test]
fn under_a_killer_every_task_has_exactly_one_outcome_and_nothing_is_left_over() {
    // What a first pool leaves for good, such as a thread's own storage, is there before the count.
    drop(pool().submit(Job::Echo(0)).wait());
    let before = (descriptors(), mappings());
    let pool = pool();
    let begun = Instant::now();
    let over = AtomicBool::new(false);
    let (mut outcomes, mut killed) = (0, 0);
    thread::scope(|scope| {
        let killer = scope.spawn(|| {
            (0..).take_while(|_| !over.load(SeqCst)).fold(0, |killed, turn| {
                thread::sleep(EVERY);
                killed + kill_one(&pool, turn)
            })
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
    assert!(killed > 50, "only {killed} were killed");
    pool.shutdown();
    assert_eq!(children(), Vec::<String>::new());
    assert_eq!((descriptors(), mappings()), before);
    eprintln!("{killed} workers killed in {:?}", begun.elapsed());
}

fn pool() -> Pool<Job> {
    let again = OnDeath::RunAgain { limit: u32::MAX };
    let builder = Builder::new().workers(2).program(env!("CARGO_BIN_EXE_process-pool")).on_death(again);
    builder.build().expect("the binary was built")
}
