//! The command line of the topic `locks`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What is inside a lock, and which one to take.
///
/// Without a lesson: the tour of all of them.
#[derive(Parser)]
#[command(name = "locks", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// a lock that is waited for by looking again and again
    ///
    /// Who finds it taken pauses, looks, pauses longer. Who finds it free takes it: in two steps
    /// both get in, in one step one does.
    Spin(lessons::Increments),

    /// first come, first served: a number is drawn, and waited for
    ///
    /// Who comes draws the next number; who gives the lock back serves the one after its own. The
    /// draw must be one step.
    Ticket(lessons::Line),

    /// a line in which each looks at a cell of its own
    ///
    /// Who comes makes itself the tail, then links itself to the one before. Who gives the lock
    /// back may look in between.
    Mcs(lessons::Line),

    /// who waits sleeps, and must not miss being woken
    ///
    /// t2 finds the lock taken. Before it sleeps, t1 gives it back and wakes whoever sleeps:
    /// nobody, yet.
    Futex(lessons::Increments),

    /// a lock that its holder may take again
    ///
    /// It notes whose it is, and lets that one in; and it has to count, or the inner section's end
    /// is the outer one's, too.
    Reentrant(lessons::Reentrant),

    /// how long a guard lives, how long to wait, what a panic leaves
    ///
    /// t1 takes a job out of a list and does it. t2 looks whether the list is free.
    Mutex,

    /// one thread takes a lock that it has already
    ///
    /// A mutex does not ask who holds it: t1 waits for itself. A reentrant lock asks, and counts.
    Nested(lessons::Nested),

    /// many readers at once or one writer, and who starves
    ///
    /// r1 and r2 hand over to each other: one always is inside. w wants to write. May a reader pass
    /// a writer that waits?
    Rwlock(lessons::Rwlock),

    /// a lock for each reader, and all of them for a writer
    ///
    /// Readers that share one lock wait for its cache line. So r has a shard of its own; and w,
    /// which writes two values?
    ShardedRwlock,

    /// to sleep until a condition holds
    ///
    /// c1 and c2 wait for an item each. p puts one and wakes both. Later, t1 waits for a flag, just
    /// when t2 sets it.
    Condvar(lessons::Condvar),

    /// at most so many inside
    ///
    /// Two permits, and three threads who want one. Before they come, someone gives back a permit
    /// that was never taken.
    Semaphore,

    /// rounds in step
    ///
    /// t1 and t2 begin a round when both have ended the last one. t2 opens the barrier, and comes
    /// again before t1 has looked.
    Barrier(lessons::Barrier),

    /// one waits until another says so
    ///
    /// t2 gives a signal when t1 has not come to wait for it yet.
    Event,

    /// one waits until so many are done
    ///
    /// w waits for the work of t1, t2 and t3, and comes before any of them has begun.
    Latch,

    /// two threads keep each other out with loads and stores alone
    ///
    /// Each says that it wants in, gives way, and looks. If its look overtakes its announcement,
    /// both get in.
    Peterson(lessons::Peterson),

    /// four threads want one lock all the time: who gets it how often?
    ///
    /// A bar is shared out among t1 █, t2 ▒, t3 ▄, t4 ·. J is Jain's index: 1 if all get the same,
    /// 0.25 if one gets all. The run is how often, at the most, one thread had the lock again while
    /// all the others wanted it. Luck, where nothing is promised.
    Fairness(lessons::Fairness),

    /// short sections behind a long one
    ///
    /// Four threads want the lock for an instant, and line up behind one that works with the lock
    /// in its hand.
    Convoy,

    /// the most urgent task waits for the middle one
    ///
    /// Low has the lock, high waits for it; medium wants no lock, and takes the processor from low.
    /// Played in ticks, on one processor: for real, it takes an administrator's rights.
    PriorityInversion(lessons::PriorityInversion),
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Spin(options) => lessons::spin(options),
            Which::Ticket(options) => lessons::ticket(options),
            Which::Mcs(options) => lessons::mcs(options),
            Which::Futex(options) => lessons::futex(options),
            Which::Reentrant(options) => lessons::reentrant(options),
            Which::Mutex => lessons::mutex(),
            Which::Nested(options) => lessons::nested(options),
            Which::Rwlock(options) => lessons::rwlock(options),
            Which::ShardedRwlock => lessons::sharded_rwlock(),
            Which::Condvar(options) => lessons::condvar(options),
            Which::Semaphore => lessons::semaphore(),
            Which::Barrier(options) => lessons::barrier(options),
            Which::Event => lessons::event(),
            Which::Latch => lessons::latch(),
            Which::Peterson(options) => lessons::peterson(options),
            Which::Fairness(options) => lessons::fairness(options),
            Which::Convoy => lessons::convoy(),
            Which::PriorityInversion(options) => lessons::priority_inversion(options),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
