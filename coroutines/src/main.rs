//! The command line of the topic `coroutines`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// Counts what tasks ask for, in the lesson `cost`.
#[global_allocator]
static ALLOCATOR: coroutines::cost::Counting = coroutines::cost::Counting;

/// What a task is, who runs it, and what is lost when it is cancelled.
///
/// Without a lesson: the tour of all of them.
#[derive(Parser)]
#[command(name = "coroutines", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// a producer and a consumer that take turns on one thread
    ///
    /// The consumer asks, the producer makes one value and gives way. Where it goes on is kept in a
    /// struct, by hand or by the compiler, or on a second stack.
    Generator,

    /// lazy until polled: poll, Pending, and the waker
    ///
    /// t1 awaits a signal that t2 sets. A future that answers Pending has promised to wake its
    /// task; one that does not is never polled again.
    Future,

    /// who polls: a run queue, timers, and a wake that gets lost
    ///
    /// While all tasks wait, the executor's thread sleeps. A wake may come just between its last
    /// look and its sleep.
    Executor,

    /// spawned, joined, aborted
    ///
    /// Three tasks take turns on one thread. One ends, one is aborted where it gives way, one
    /// panics.
    Tasks,

    /// several things at once in one task: all of them, or the first
    ///
    /// Three fetches of 3, 1 and 2 beats. What select! loses is dropped; a loop that makes the slow
    /// one anew never sees its end.
    JoinAndSelect,

    /// a time limit ends the wait; what becomes of the work?
    ///
    /// Work of eight steps, a beat each, and a limit of two and a half beats: given the future, or
    /// its join handle, or no await at all.
    Timeout,

    /// what is lost when a future is dropped at an await
    ///
    /// Each form's future is dropped at its first await, another one at its second, and so on; then
    /// everything is counted.
    Cancel,

    /// a queue without a bound, and what back-pressure is
    ///
    /// The producer makes four messages while the consumer deals with one. With a bound, it waits
    /// for room.
    Channels(lessons::Channels),

    /// at most N at once
    ///
    /// All jobs are started at once. The limit belongs around the request, not around the tasks.
    Semaphore(lessons::Semaphore),

    /// many values, each waited for; and a buffer that starves
    ///
    /// Two requests are under way. While the loop is busy with the first result, nobody polls the
    /// second request.
    Stream,

    /// a blocking call stalls all the tasks of its thread
    ///
    /// The caller blocks its thread until the ticker has ticked five times. On the ticker's own
    /// thread, it never does.
    Blocking,

    /// a task that computes and never awaits
    ///
    /// It counts primes; the other task wants a turn all the time. How many does it get before all
    /// are counted?
    CpuBound,

    /// a lock, or a borrow, held across an await
    ///
    /// Tasks t1 and t2 share a thread. t1 gives way with lock A in its hand; t2 waits for A with
    /// the thread in its hand.
    Guard,

    /// tasks that never leave their thread, and share without a lock
    ///
    /// t1 and t2 each add 2 to one cell. No lock, no data race; and yet updates are lost where an
    /// await lies between read and write.
    Local,

    /// how tasks are told to end, in order
    ///
    /// Three stages: accept, work, store. Dropped where they wait, they lose what they had
    /// accepted.
    Shutdown,

    /// a server on the loopback interface, and a thousand connections at once
    ///
    /// A task for each connection, or a thread for each. And guests that say nothing, do not
    /// listen, or break off.
    Echo(lessons::Echo),

    /// what a task, a coroutine and a thread take: memory, and time to switch
    ///
    /// Thousands wait, and their memory is counted; then two take turns, and a switch is timed.
    /// Beside each, how many times ours it is.
    Cost,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Generator => lessons::generator(),
            Which::Future => lessons::future(),
            Which::Executor => lessons::executor(),
            Which::Tasks => lessons::tasks(),
            Which::JoinAndSelect => lessons::join_and_select(),
            Which::Timeout => lessons::timeout(),
            Which::Cancel => lessons::cancel(),
            Which::Channels(options) => lessons::channels(options),
            Which::Semaphore(options) => lessons::semaphore(options),
            Which::Stream => lessons::stream(),
            Which::Blocking => lessons::blocking(),
            Which::CpuBound => lessons::cpu_bound(),
            Which::Guard => lessons::guard(),
            Which::Local => lessons::local(),
            Which::Shutdown => lessons::shutdown(),
            Which::Echo(options) => lessons::echo(options),
            Which::Cost => lessons::cost(),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
