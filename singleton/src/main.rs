//! The command line of the topic `singleton`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// How something is made once, whoever asks first.
///
/// Without a lesson: the tour of all of them. What hangs runs in a child process, which is watched,
/// ended and reaped.
#[derive(Parser)]
#[command(name = "singleton", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// plain objects, each with its address
    ///
    /// Who asks gets a new config. An address says where one is; a count says how many there are.
    Plain,

    /// look, and make one if there is none
    ///
    /// Each constructor takes its time, and stays until all threads are in theirs: so all have
    /// looked, and found none.
    Naive(lessons::Threads),

    /// look, lock, look again, and create after the lock
    ///
    /// A double check by the book, but for one line: the lock is given back before it.
    OutsideTheLock(lessons::Threads),

    /// look and make one under the same lock
    ///
    /// The first one in builds, while the others wait. Every later call takes the lock as well.
    Mutex(lessons::Threads),

    /// look, lock, look again, create; and later calls take no lock
    ///
    /// That a reader without a lock sees the config whole is for the pointer's ordering to say. An
    /// x86 forgives a wrong one; Loom, in whose executions a store may be seen late, does not.
    DoubleChecked(lessons::Threads),

    /// build, and throw away what came too late
    ///
    /// Nobody waits for anybody. The first to put its config in the empty place wins; several may
    /// be built.
    CompareExchange(lessons::Threads),

    /// std's Once: a closure that runs once
    ///
    /// The value is kept in a cell beside it, which is written in the closure and read after it.
    Once(lessons::Threads),

    /// a once cell by hand: empty, somebody builds, full
    ///
    /// Who comes while somebody builds sleeps until it is done. Later calls read one flag.
    OnceCell(lessons::Threads),

    /// std's cell that is filled once
    ///
    /// Take this one where a caller knows how to build.
    OnceLock(lessons::Threads),

    /// std's lazy value: its initialiser stands beside it
    ///
    /// Take this one for a static whose initialiser needs nothing from its callers.
    LazyLock(lessons::Threads),

    /// one for each thread
    ///
    /// No lock: no two threads see the same one at the same time. Each asks twice, and gets its own
    /// again.
    ThreadLocal(lessons::Threads),

    /// an initialiser that panics, and what the next caller gets
    ///
    /// t1's initialiser panics; t2 came while it ran, t3 comes after both. Either the place is
    /// empty again, or poisoned for ever.
    Panic,

    /// an initialiser that asks for what it is to make
    ///
    /// It waits for whoever builds, and that is itself. Two that ask for each other do the same by
    /// turns.
    Recursive,

    /// one for each process
    ///
    /// A fork copies what was built, to the same address; from then on there are two. It also
    /// copies that somebody is building.
    AfterFork,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Plain => lessons::plain(),
            Which::Naive(threads) => lessons::naive(threads),
            Which::OutsideTheLock(threads) => lessons::outside_the_lock(threads),
            Which::Mutex(threads) => lessons::mutex(threads),
            Which::DoubleChecked(threads) => lessons::double_checked(threads),
            Which::CompareExchange(threads) => lessons::compare_exchange(threads),
            Which::Once(threads) => lessons::once(threads),
            Which::OnceCell(threads) => lessons::once_cell(threads),
            Which::OnceLock(threads) => lessons::once_lock(threads),
            Which::LazyLock(threads) => lessons::lazy_lock(threads),
            Which::ThreadLocal(threads) => lessons::thread_local(threads),
            Which::Panic => lessons::panic(),
            Which::Recursive => lessons::recursive(),
            Which::AfterFork => lessons::after_fork(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    singleton::after_fork::play().unwrap_or_else(stage::main::<Cli>)
}
