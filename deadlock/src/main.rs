//! The command line of the topic `deadlock`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// How threads come to wait for each other for ever, and every way out of it.
///
/// Without a lesson: the tour of all of them. What is shown as broken runs in a child process,
/// which is watched, ended and reaped; nothing hangs.
#[derive(Parser)]
#[command(name = "deadlock", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// one thread takes the same mutex twice
    ///
    /// t1 holds A and calls a function that takes A. A mutex does not ask which thread holds it: t1
    /// waits for itself.
    SelfLock,

    /// two threads, two locks, opposite orders
    ///
    /// t1 takes A, then B. t2 takes B, then A. Each holds what the other wants.
    LockOrder,

    /// a round table, a fork between each two, and both needed to eat
    ///
    /// Everyone takes the left fork, then waits for the right one, which is someone's left one.
    Philosophers(lessons::Philosophers),

    /// the four conditions of a deadlock, each taken away in turn
    ///
    /// Mutual exclusion, hold and wait, no preemption, circular wait: without any one of them,
    /// there is no deadlock.
    Coffman,

    /// a loan is granted only if all clients can still be served
    ///
    /// Two clients may claim two coins each; the bank has two. The greedy bank gives one to each.
    Banker,

    /// a lock that says no before it would wait for ever
    ///
    /// Each lock notes its holder, and each waiting thread its lock; a thread that would close a
    /// cycle is told the threads, locks and lines.
    Detect,

    /// the victim of a deadlock backs out, and the rest go on
    ///
    /// Transfers between two accounts, in both directions at once. The thread that would close the
    /// cycle undoes its half and starts again.
    Recover,

    /// an order turned round, reported on a run without a deadlock
    ///
    /// t1 takes A, then B, and is done before t2 takes B, then A. Nothing can happen; without that,
    /// it is lock-order.
    LockGraph,

    /// two readers that both want to write
    ///
    /// Each keeps its read lock and waits until it is the only reader.
    Upgrade,

    /// two threads that each wait for the other to speak
    ///
    /// No lock in sight: to receive is to wait, and over a channel without room so is to send.
    Channels,

    /// threads that join each other
    ///
    /// t1 waits for the end of t2, t2 for that of t3, t3 for that of t1.
    JoinCycle,

    /// a task that waits for a task of its own pool
    ///
    /// Two workers, two tasks; each submits another one and waits for it. Nobody is left to run
    /// them.
    Pool,

    /// a lock held across an await
    ///
    /// Tasks t1 and t2 share a thread. t1 gives way with lock A in its hand; t2 waits for A with
    /// the thread in its hand.
    AsyncGuard,

    /// polite threads that never get on
    ///
    /// Each has a lock, wants the other's, gives its own back, and begins again: in step, for ever.
    /// Nobody is blocked.
    Livelock,

    /// everyone gets on but one
    ///
    /// The philosopher in the middle needs both forks at once; its neighbours eat by turns, and one
    /// fork is always in use.
    Starvation,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::SelfLock => lessons::self_lock(),
            Which::LockOrder => lessons::lock_order(),
            Which::Philosophers(options) => lessons::philosophers(options),
            Which::Coffman => lessons::coffman(),
            Which::Banker => lessons::banker(),
            Which::Detect => lessons::detect(),
            Which::Recover => lessons::recover(),
            Which::LockGraph => lessons::lock_graph(),
            Which::Upgrade => lessons::upgrade(),
            Which::Channels => lessons::channels(),
            Which::JoinCycle => lessons::join_cycle(),
            Which::Pool => lessons::pool(),
            Which::AsyncGuard => lessons::async_guard(),
            Which::Livelock => lessons::livelock(),
            Which::Starvation => lessons::starvation(),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
