//! The command line of the topic `process-sharing`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// How processes share data, and at what price.
///
/// Without a lesson: the tour of all of them. The children are this program once more; each has a
/// deadline, and none is left behind.
#[derive(Parser)]
#[command(name = "process-sharing", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// plain variables, changed by a child process and by a thread
    ///
    /// Both run the same function, which adds 1 to a static and to a value on the heap. In the
    /// parent both were 10.
    NotShared,

    /// an integer, a byte and a character in shared memory, changed by a child
    ///
    /// The child inherits the memory's descriptor. What it writes there its parent reads, unless it
    /// has the memory as a copy of its own.
    Value,

    /// four integers in shared memory, changed by a child
    ///
    /// They are 1, 2, 3, 4. To see that a change arrives, something else has to be written.
    Array,

    /// a server process owns a dict, and a client changes a list inside it
    ///
    /// What a proxy's get returns is a copy. The server has d = {"inner": [1]} and l = [1]; a
    /// client appends 2.
    Manager,

    /// ten numbers out of a child, through a queue with room for four
    ///
    /// The child can exit only when there has been room for all ten. A parent that waits for that
    /// first, and receives then, waits for ever.
    Queue,

    /// a two-way pipe: the numbers 1 to 5 one way, 123 back
    ///
    /// It is a pair of connected sockets. A receive ends when the last copy of the other end is
    /// closed, in whatever process that is.
    Pipe,

    /// a named pipe between processes that are no relatives
    ///
    /// They share nothing but a path. To open one end is to wait for another process to open the
    /// other.
    Fifo,

    /// messages with priorities, in a queue that is the system's
    ///
    /// All processes that had the queue open have exited. What was sent is still there, for the
    /// next one that opens it.
    MessageQueue,

    /// a Unix domain socket: who is there, and an open file handed over
    ///
    /// A client opens a file without a name, and the server is to read it.
    Socket,

    /// five processes, and a named semaphore that lets in two
    ///
    /// Whoever is inside stays until as many are there as can come.
    Semaphore,

    /// five signals to a process that has blocked them
    ///
    /// A standard signal is a flag. Real-time signals are queued, in order, each with its value.
    Signal,

    /// a ring in shared memory: messages without a copy, and without the kernel
    ///
    /// A child is killed in the middle of its third message. Through a pipe, half a message
    /// arrives; through the ring, whole ones.
    Ring,

    /// a thousand processes add 1, with a lock and without
    ///
    /// Ten children fork a hundred processes each. The first two to read the number wait for each
    /// other before they write it, where they can.
    ProcessLock,

    /// a process is killed while it holds the lock
    ///
    /// It has taken 10 from one account, and not yet put them on the other. The next owner waits,
    /// is told, or is not.
    OwnerDied,

    /// a file's lock between processes, given back by the kernel
    ///
    /// Two processes add 1 to the number in a file. Both read it before either writes.
    FileLock,

    /// each means at 64 B, 4 KiB and 1 MiB
    ///
    /// How long a round trip takes, a message there and back, and how much goes one way: the
    /// medians of three short batches, on whatever cores the system gives. A message queue has no
    /// messages of 1 MiB.
    IpcCompared,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::NotShared => lessons::not_shared(),
            Which::Value => lessons::value(),
            Which::Array => lessons::array(),
            Which::Manager => lessons::manager(),
            Which::Queue => lessons::queue(),
            Which::Pipe => lessons::pipe(),
            Which::Fifo => lessons::fifo(),
            Which::MessageQueue => lessons::message_queue(),
            Which::Socket => lessons::socket(),
            Which::Semaphore => lessons::semaphore(),
            Which::Signal => lessons::signal(),
            Which::Ring => lessons::ring(),
            Which::ProcessLock => lessons::process_lock(),
            Which::OwnerDied => lessons::owner_died(),
            Which::FileLock => lessons::file_lock(),
            Which::IpcCompared => lessons::ipc_compared(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    process_sharing::role::play().unwrap_or_else(stage::main::<Cli>)
}
