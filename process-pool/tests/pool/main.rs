//! The contract of the pool, on workers that are this very program: so it has a main of its own,
//! which calls `enter` first. Each test is a sentence.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use process_pool::{Builder, Error, OnDeath, Outcome, Pool};

use job::{Answer, Job};

/// Makes tests of functions; each runs on a thread of its own, and has failed if it has not ended
/// after a minute.
macro_rules! claims {
    ($($(#[doc = $doc:literal])* fn $name:ident() $body:block)*) => {
        $($(#[doc = $doc])* fn $name() $body)*

        pub(crate) fn claims() -> Vec<libtest_mimic::Trial> {
            vec![$(crate::claim(stringify!($name), $name)),*]
        }
    };
}

mod asker;
mod awaiting;
mod death;
mod end_of_a_run;
mod fork;
mod job;
mod no_worker;
mod own_types;
mod promises;
mod submit;
mod traffic;

fn claim(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        let (done, ended) = channel::<()>();
        let run = thread::spawn(move || {
            test();
            drop(done);
        });
        match ended.recv_timeout(Duration::from_secs(60)) {
            Err(RecvTimeoutError::Timeout) => Err("it hangs".into()),
            _ => run.join().map_err(|_| "it panicked".into()),
        }
    })
}

fn pool(workers: usize) -> Pool<Job> {
    built(Builder::new().workers(workers))
}

fn built(builder: Builder) -> Pool<Job> {
    builder.build().expect("the workers are this program")
}

fn again(workers: usize, limit: u32) -> Pool<Job> {
    built(Builder::new().workers(workers).on_death(OnDeath::RunAgain { limit }))
}

/// Returns the answer to a task.
fn run(pool: &Pool<Job>, job: Job) -> Answer {
    pool.submit(job).wait().expect("a worker lives")
}

/// Returns the error of a task.
fn fail(pool: &Pool<Job>, job: Job) -> Error {
    pool.submit(job).wait().expect_err("it has no result")
}

/// Returns `count` tasks that answer with their place, but for `job` at one place.
fn echoes_but(count: u64, place: u64, job: &Job) -> impl Iterator<Item = Job> {
    (0..count).map(move |number| if number == place { job.clone() } else { Job::Echo(number) })
}

fn values(outcomes: impl IntoIterator<Item = Outcome<Answer>>) -> Vec<u64> {
    outcomes.into_iter().map(|outcome| outcome.expect("a worker lives").value).collect()
}

/// Lets the pool find out that its tasks are small, so that it sends a worker many at once.
fn make_tasks_look_small(pool: &Pool<Job>) {
    assert!(pool.map((0..20_000).map(Job::Echo)).iter().all(Result::is_ok));
}

fn main() {
    if std::env::var_os(no_worker::FORGETS).is_some() {
        return no_worker::forgets();
    }
    process_pool::enter::<Job>();
    let elsewhere = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.to_string().contains(job::MEANT) {
            elsewhere(panic);
        }
    }));
    let claims = [
        awaiting::claims(),
        death::claims(),
        end_of_a_run::claims(),
        no_worker::claims(),
        own_types::claims(),
        promises::claims(),
        submit::claims(),
        traffic::claims(),
    ];
    libtest_mimic::run(&checks::arguments(), claims.into_iter().flatten().collect()).exit();
}
