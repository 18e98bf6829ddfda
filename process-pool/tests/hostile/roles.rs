//! What the program does in its environment.
#![expect(
    unsafe_code,
    reason = "dispositions of signals and waits for any child are functions of C"
)]

use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use checks::eventually;
use process_pool::{Builder, Error, OnDeath, Options, Pool};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, setrlimit};

use crate::chaos::under_a_killer_every_task_has_exactly_one_outcome_and_nothing_is_left_over;
use crate::job::{Death, Job};
use crate::signals::signals_that_interrupt_the_pools_threads_cost_no_task_and_no_worker;

/// More than a channel takes at once.
pub(crate) const LARGE: usize = 1 << 20;

/// Longer than anything here takes, also on a machine that is busy.
const A_HANG: Duration = Duration::from_secs(50);

pub(crate) type Ran = Result<(), Error>;

/// Every kind of task once, a worker that dies and one that retires.
fn works() -> Ran {
    let pool: Pool<Job> = Builder::new().workers(2).retire_after(50).build()?;
    for outcome in pool.map((0..200).map(Job::Echo)) {
        outcome?;
    }
    let died = pool.submit(Job::Die(Death::Kill)).wait();
    assert!(matches!(died, Err(Error::Died { .. })), "{died:?}");
    let large = pool.submit(Job::Text(1 << 20)).wait()?;
    assert_eq!(large.text.len(), 1 << 20);
    pool.shutdown();
    Ok(())
}

fn a_pool_of_a_program_that_ignores_the_end_of_its_children_settles_their_tasks() -> Ran {
    // SAFETY: SIG_IGN is a disposition and no handler, so no code of ours runs in a signal.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    works()
}

fn a_pool_of_a_program_that_reaps_all_its_children_settles_their_tasks() -> Ran {
    thread::spawn(|| {
        loop {
            // SAFETY: a null pointer is allowed, and means that the status is not written; the other
            // two arguments are numbers.
            if unsafe { libc::waitpid(-1, std::ptr::null_mut(), 0) } < 0 {
                thread::yield_now();
            }
        }
    });
    works()
}

fn limit(descriptors: u64) {
    let limit = Some(descriptors);
    setrlimit(Resource::Nofile, Rlimit { current: limit, maximum: limit })
        .expect("it is less than before");
}

fn number() -> u64 {
    std::env::args().nth(1).and_then(|number| number.parse().ok()).expect("the test says how many")
}

/// The whole run with that few descriptors.
fn with_few_descriptors() -> Ran {
    limit(number());
    works()
}

/// The whole run with that few threads and processes, of a user who may not exceed that.
fn with_few_threads() -> Ran {
    // SAFETY: it takes a number and touches no memory. Where it is refused, this user may not exceed
    // a limit anyway.
    unsafe { libc::setuid(65_534) };
    let limit = Some(number());
    setrlimit(Resource::Nproc, Rlimit { current: limit, maximum: limit })
        .expect("it is less than before");
    works()
}

/// A worker that is replaced when only that many descriptors are left.
fn with_few_left() -> Ran {
    let pool: Pool<Job> = Builder::new().workers(1).build()?;
    pool.submit(Job::Echo(1)).wait()?;
    limit(64);
    let mut taken: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    taken.truncate(taken.len() - number() as usize);
    assert!(pool.submit(Job::Die(Death::Kill)).wait().is_err());
    let outcome = pool.submit(Job::Echo(2)).wait().map(drop);
    drop(pool);
    outcome
}

/// Large tasks and small ones without a descriptor left.
fn without_a_descriptor_left_large_tasks_are_done_as_well_as_small_ones() -> Ran {
    let pool: Pool<Job> = Builder::new().workers(1).build()?;
    let large = || Job::Length("x".repeat(LARGE));
    pool.submit(large()).wait()?;
    limit(100);
    let taken: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    assert!(!taken.is_empty());
    for handle in pool.submit_all([Job::Echo(1), large(), Job::Echo(2)]) {
        handle.wait()?;
    }
    drop(taken);
    pool.submit(large()).wait().map(drop)
}

/// As before, and then there are descriptors again before the pool gives up.
fn a_worker_is_replaced_as_soon_as_there_are_descriptors_again() -> Ran {
    let pool: Pool<Job> = Builder::new().workers(1).build()?;
    let mut echo = pool.submit(Job::Echo(1));
    assert!(echo.wait_timeout(A_HANG).is_some());
    limit(64);
    let taken: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    assert!(pool.submit(Job::Die(Death::Kill)).wait().is_err());
    let next = pool.submit(Job::Echo(2));
    drop(taken);
    next.wait().map(drop)
}

/// A guard that is never dropped, and then another robust lock: the first is in the list that the
/// thread has of the locks that it holds.
fn a_lock_that_was_never_released_outlives_its_pool() -> Ran {
    let pool = || Builder::new().workers(1).build::<Job>();
    for _ in 0..3 {
        let (first, second) = (pool()?, pool()?);
        std::mem::forget(first.lock());
        drop(first);
        drop(second.lock());
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _held = second.lock();
            std::mem::forget(pool().expect("there is room").lock());
            panic!("this panic is part of a test");
        }));
        assert!(panicked.is_err());
        drop(second.lock());
    }
    Ok(())
}

fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("it is a worker");
    kill_process(pid, signal).expect("it lives");
}

fn is_stopped(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") T "))
}

fn stop(pool: &Pool<Job>) -> u32 {
    let pid = pool.pids()[0];
    signal(pid, Signal::STOP);
    eventually("a worker that is stopped", || is_stopped(pid));
    pid
}

/// A task with a time limit that is sent to a worker that is stopped.
fn a_task_with_a_time_limit_that_a_stopped_worker_does_not_begin_is_run_by_another() -> Ran {
    let pool: Pool<Job> = Builder::new().workers(1).build()?;
    pool.submit(Job::Echo(1)).wait()?;
    let stopped = stop(&pool);
    let options =
        Options { on_death: OnDeath::Report, time_limit: Some(Duration::from_millis(100)) };
    let answer = pool.submit_with(Job::Echo(2), options).wait()?;
    assert!(answer.value == 2 && answer.pid != stopped);
    Ok(())
}

/// Pools that are dropped while their worker is stopped: one idle, one in the middle of a task.
fn a_pool_that_is_dropped_kills_a_worker_that_is_stopped_idle_or_busy() -> Ran {
    let idle: Pool<Job> = Builder::new().workers(1).build()?;
    stop(&idle);
    let busy: Pool<Job> = Builder::new().workers(1).build()?;
    let task = busy.submit(Job::DieAtFirst(Death::Hang, 1));
    eventually("the task's begin", || busy.counter().load(SeqCst) != 0);
    stop(&busy);
    // Both at once, for each waits some seconds before it kills.
    thread::scope(|scope| {
        scope.spawn(|| drop(idle));
        drop(busy);
    });
    assert!(matches!(task.wait(), Err(Error::Died { .. })));
    Ok(())
}

/// A first worker that exits in its initializer.
fn a_worker_that_fails_before_the_first_is_ready_is_followed_by_another() -> Ran {
    let initializer = Job::DieAtFirst(Death::Exit(1), 1);
    let pool: Pool<Job> = Builder::new().workers(2).initializer(&initializer).build()?;
    eventually("a second worker", || pool.pids().len() >= 2);
    Ok(())
}

type Role = fn() -> Ran;

/// The tests that consist in one role, which has to end well.
pub(crate) fn tests() -> [(&'static str, Role); 10] {
    named![
        a_pool_that_is_dropped_kills_a_worker_that_is_stopped_idle_or_busy,
        under_a_killer_every_task_has_exactly_one_outcome_and_nothing_is_left_over,
        a_task_with_a_time_limit_that_a_stopped_worker_does_not_begin_is_run_by_another,
        a_pool_of_a_program_that_ignores_the_end_of_its_children_settles_their_tasks,
        a_pool_of_a_program_that_reaps_all_its_children_settles_their_tasks,
        a_worker_is_replaced_as_soon_as_there_are_descriptors_again,
        without_a_descriptor_left_large_tasks_are_done_as_well_as_small_ones,
        a_lock_that_was_never_released_outlives_its_pool,
        a_worker_that_fails_before_the_first_is_ready_is_followed_by_another,
        signals_that_interrupt_the_pools_threads_cost_no_task_and_no_worker,
    ]
}

/// The roles that other tests start, some of them with an argument.
pub(crate) fn helpers() -> [(&'static str, Role); 4] {
    named![works, with_few_descriptors, with_few_left, with_few_threads]
}
