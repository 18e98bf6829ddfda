//! A program with tasks of its own, whose workers are this very program: so it has a main of its
//! own, which calls `enter` first, and no harness. It is also started as a program that forgot to.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;
use std::time::Duration;

use process_pool::{Builder, Error, OnDeath, Options, Pool};

mod odd;

use odd::{Bomb, Came, MEANT, Odd, WRITTEN, is_worker};

/// In the environment of the program that makes its pool before it calls `enter`.
const FORGETS: &str = "PROCESS_POOL_FORGETS";

fn pool() -> Pool<Odd> {
    Builder::new().workers(1).build().expect("this is the program")
}

fn lives(pool: &Pool<Odd>) {
    assert_eq!(pool.submit(Odd::Echo(7)).wait().expect("a worker lives"), Came::Value(7));
}

fn the_workers_are_this_program_if_no_other_is_named() {
    let outcomes = pool().map((0..1000).map(Odd::Echo));
    assert!(
        (0..)
            .zip(outcomes)
            .all(|(number, outcome)| outcome.is_ok_and(|came| came == Came::Value(number)))
    );
}

fn a_result_that_the_caller_cannot_read_is_that_tasks_error_alone() {
    let pool = pool();
    let error = pool.submit(Odd::Unreadable).wait().expect_err("it refuses");
    assert!(matches!(error, Error::NotSent { what: "the result", .. }), "{error}");
    lives(&pool);
}

fn a_result_that_panics_when_nobody_wants_it_ends_no_thread_of_the_pool() {
    let pool = pool();
    // Who drops a result that is there already drops it on his own thread: it is not to be there
    // before.
    let held = pool.lock();
    drop(pool.submit(Odd::Bomb));
    drop(held);
    lives(&pool);
}

fn a_cancelled_task_that_panics_when_it_is_dropped_ends_no_thread_of_the_pool() {
    let pool = Builder::new().workers(1).chunk(1).build().expect("this is the program");
    // The first waits for the lock, and the second in the queue, which is the last to have it.
    let held = pool.lock();
    let first = pool.submit(Odd::Bomb);
    let second = pool.submit(Odd::Carries(Bomb));
    assert!(second.cancel());
    drop((first, second));
    drop(held);
    lives(&pool);
    pool.shutdown();
}

fn a_task_whose_name_panics_is_named_by_its_type() {
    let pool = pool();
    let error = pool.submit(Odd::Nameless).wait().expect_err("it panics");
    assert!(matches!(&error, Error::Panicked { name, .. } if name.ends_with("Odd")), "{error}");
    lives(&pool);
}

fn a_worker_whose_channels_are_closed_by_its_task_is_replaced_and_the_task_reported() {
    for returns in [true, false] {
        let pool = pool();
        let error =
            pool.submit(Odd::Closes { returns }).wait().expect_err("its answer goes nowhere");
        assert!(matches!(error, Error::Died { .. }), "{error}");
        lives(&pool);
    }
}

#[cfg(target_os = "linux")]
fn a_worker_inherits_no_descriptor_of_its_siblings_whose_end_it_would_hide() {
    let alone = pool().submit(Odd::Descriptors).wait().expect("a worker lives");
    let pool = Builder::new().workers(4).build().expect("this is the program");
    while pool.pids().len() < 4 {
        std::thread::yield_now();
    }
    for _ in 0..4 {
        let before = pool.pids();
        pool.counter().store(1, SeqCst);
        assert!(pool.submit(Odd::ExitsSoManyTimes).wait().is_err());
        while pool.pids().len() < 4 || pool.pids() == before {
            std::thread::yield_now();
        }
        // Those that were there first, and those that have come while all others were there.
        for came in pool.map((0..40).map(|_| Odd::Descriptors)) {
            assert_eq!(came.expect("a worker lives"), alone);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn a_worker_inherits_no_descriptor_of_its_siblings_whose_end_it_would_hide() {}

fn workers_that_fail_to_begin_are_followed_by_others_as_long_as_not_too_many_fail_in_a_row() {
    let builder = Builder::new().workers(1).initializer(&Odd::ExitsSoManyTimes);
    let pool = builder.build().expect("this is the program");
    for _ in 0..5 {
        pool.counter().store(5, SeqCst);
        assert!(pool.submit(Odd::ExitsSoManyTimes).wait().is_err());
        lives(&pool);
        assert_eq!(pool.counter().load(SeqCst), 0);
    }
}

fn a_task_that_a_worker_gave_back_is_not_sent_to_it_again_and_again() {
    let pool = pool();
    // So that the pool takes all tasks to be small, and sends a worker many at once.
    assert!(pool.map((0..20_000).map(Odd::Echo)).iter().all(Result::is_ok));
    let limit = Some(Duration::from_millis(300));
    let hangs =
        pool.submit_with(Odd::Hang, Options { on_death: OnDeath::Report, time_limit: limit });
    let behind = pool.submit(Odd::Counted(()));
    assert!(matches!(hangs.wait(), Err(Error::TimedOut { .. })));
    assert!(behind.wait().is_ok());
    let written = WRITTEN.load(SeqCst);
    // To the one that hangs, to which it may have been under way twice, and to the next.
    assert!((1..=5).contains(&written), "it was sent {written} times");
}

fn a_program_that_forgets_to_enter_is_told_so_and_its_worker_makes_no_pool() {
    let program = std::env::current_exe().expect("there is a /proc");
    let output = Command::new(program).env(FORGETS, "").output().expect("this is the program");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains(
            "worker: this process is a pool's worker, and makes a pool before it has called"
        ),
        "{said}"
    );
    assert!(
        said.contains(
            "ended before it was a worker (exit status: 0): is process_pool::enter the first thing"
        ),
        "{said}"
    );
}

/// The program that forgets.
fn forgets() {
    // Were a worker allowed to make a pool, it would not be one of workers that make pools, without
    // end.
    let builder = if is_worker() { Builder::new().program("/bin/true") } else { Builder::new() };
    let error = builder.workers(1).build::<Odd>().expect_err("its workers do not enter");
    eprintln!("{}: {error}", if is_worker() { "worker" } else { "caller" });
}

macro_rules! named {
    ($($test:ident),* $(,)?) => { [$((stringify!($test), $test as fn())),*] };
}

fn main() {
    if std::env::var_os(FORGETS).is_some() {
        return forgets();
    }
    process_pool::enter::<Odd>();
    let said = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.to_string().contains(MEANT) {
            said(panic);
        }
    }));
    let tests = named![
        the_workers_are_this_program_if_no_other_is_named,
        a_result_that_the_caller_cannot_read_is_that_tasks_error_alone,
        a_result_that_panics_when_nobody_wants_it_ends_no_thread_of_the_pool,
        a_cancelled_task_that_panics_when_it_is_dropped_ends_no_thread_of_the_pool,
        a_task_whose_name_panics_is_named_by_its_type,
        a_worker_whose_channels_are_closed_by_its_task_is_replaced_and_the_task_reported,
        a_worker_inherits_no_descriptor_of_its_siblings_whose_end_it_would_hide,
        workers_that_fail_to_begin_are_followed_by_others_as_long_as_not_too_many_fail_in_a_row,
        a_task_that_a_worker_gave_back_is_not_sent_to_it_again_and_again,
        a_program_that_forgets_to_enter_is_told_so_and_its_worker_makes_no_pool,
    ];
    let mut failed = false;
    for (name, test) in tests {
        let (done, ended) = mpsc::channel();
        std::thread::spawn(move || done.send(catch_unwind(AssertUnwindSafe(test)).is_ok()));
        let said = match ended.recv_timeout(Duration::from_secs(60)) {
            Ok(true) => "ok",
            Ok(false) => "FAILED",
            Err(_) => "FAILED: it hangs",
        };
        failed |= said != "ok";
        println!("test {name} ... {said}");
    }
    std::process::exit(i32::from(failed));
}
