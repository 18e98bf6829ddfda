//! The lessons in which processes find each other by a name in the system, or by a process number.

use std::io::ErrorKind;

use process_sharing::{fifo, file_lock, semaphore, socket};
#[cfg(not(target_os = "linux"))]
use stage::Report;
use stage::{Lesson, Variant, expect};

use super::{breaks, deadlocks, holds};

pub(crate) fn fifo() -> Lesson {
    Lesson::new("fifo", "a named pipe between processes that are no relatives")
        .story(
            "They share nothing but a path. To open one end is to wait for another process to \
             open the other.",
        )
        .source("process-sharing/src/fifo.rs")
        .variants(fifo_variants)
}

fn fifo_variants() -> Vec<Variant> {
    use fifo::{asked_first, by_name, early_end, kept_open, no_reader};
    Vec::from([
        deadlocks(
            "no-reader",
            "A process opens the FIFO to write, and nobody opens it to read: the open blocks for \
             ever.",
            no_reader,
        ),
        holds(
            "by-name",
            "A reader and a writer open the same path: each open returns when the other process \
             has come.",
            by_name,
            |read| expect(read.as_str(), "hello", "a reader and a writer, and a path: hello"),
        ),
        holds(
            "asked-first",
            "The writer opens it with O_NONBLOCK: without a reader the open fails at once (ENXIO).",
            asked_first,
            |said| {
                expect(
                    said.as_str(),
                    "no reader",
                    "opened without waiting, it says at once: no reader",
                )
            },
        ),
        breaks(
            "early-end",
            "The first writer exits before the second one comes: without a writer, the reader's \
             input ends.",
            early_end,
            |read| expect(read.as_str(), "one", "the input ended with the first of two writers"),
        ),
        holds(
            "kept-open",
            "The reader has the FIFO open for writing as well: so there is a writer, and its \
             input does not end.",
            kept_open,
            |read| {
                expect(read.as_str(), "one two", "the reader has it open to write, too: both came")
            },
        ),
    ])
}

#[cfg(target_os = "linux")]
pub(crate) fn message_queue() -> Lesson {
    Lesson::new("message-queue", "messages with priorities, in a queue that is the system's")
        .story(
            "All processes that had the queue open have exited. What was sent is still there, \
             for the next one that opens it.",
        )
        .source("process-sharing/src/message_queue.rs")
        .variants(message_queue_variants)
}

fn message_queue_variants() -> Vec<Variant> {
    use process_sharing::message_queue::{Outcome, full, left_behind, priorities};
    let outcome = |received: &[&str], name_stays| Outcome {
        received: received.iter().map(ToString::to_string).collect(),
        name_stays,
    };
    Vec::from([
        breaks(
            "left-behind",
            "All processes that had the queue open have exited: it stays, with its messages, \
             until it is unlinked.",
            left_behind,
            move |out| {
                expect(
                    out,
                    outcome(&["forgotten"], true),
                    "a later process received it, and the queue still stays",
                )
            },
        ),
        holds(
            "priorities",
            "The queue is unlinked while both have it open, and goes with them; the highest \
             priority comes first.",
            priorities,
            move |out| {
                let line = "urgent came first, then a and b; no name is left";
                expect(out, outcome(&["urgent", "a", "b"], false), line)
            },
        ),
        holds(
            "full",
            "The fifth message finds a queue with room for four full: a non-blocking send fails \
             with EAGAIN.",
            full,
            |said| expect(said.as_str(), "no room for e", "room for four: the fifth is told"),
        ),
    ])
}

pub(crate) fn socket() -> Lesson {
    Lesson::new("socket", "a Unix domain socket: who is there, and an open file handed over")
        .story("A client opens a file without a name, and the server is to read it.")
        .source("process-sharing/src/socket.rs")
        .variants(socket_variants)
}

fn socket_variants() -> Vec<Variant> {
    use socket::{
        bound_again, by_path, descriptor_passed, number_passed, seqpacket, stream, taken_over,
    };
    let found = || Some("from the client".to_owned());
    Vec::from([
        breaks(
            "number-passed",
            "The client sends its descriptor's number: in the server that number means another \
             file, or none.",
            number_passed,
            |read| expect(read, None, "a descriptor's number is nothing to another process"),
        ),
        holds(
            "descriptor-passed",
            "The client sends the descriptor by SCM_RIGHTS: the kernel gives the server one of \
             the same open file.",
            descriptor_passed,
            move |read| {
                expect(read, found(), "the server read the file, when the client had ended")
            },
        ),
        holds(
            "by-path",
            "The client connects by a path, asks and is answered; SO_PEERCRED tells the server \
             the client's PID.",
            by_path,
            |(asked, answered, known)| {
                let line = "asked and answered; the kernel says who asks";
                expect((asked.as_str(), answered.as_str(), known), ("what", "123", true), line)
            },
        ),
        breaks(
            "stream",
            "The client writes twice into a stream, which has no message boundaries: one read \
             returns both.",
            stream,
            |read| expect(read.as_str(), "onetwo", "two writes came out as one: onetwo"),
        ),
        holds(
            "seqpacket",
            "A SOCK_SEQPACKET socket keeps message boundaries: one read returns what one write \
             has sent.",
            seqpacket,
            |read| expect(read.as_str(), "one", "two writes are two messages"),
        ),
        breaks(
            "stale-path",
            "A killed server leaves its socket's path behind: bind fails with EADDRINUSE, though \
             nobody listens.",
            bound_again,
            |error| {
                expect(error, Some(ErrorKind::AddrInUse), "the killed server's path is in the way")
            },
        ),
        holds(
            "taken-over",
            "The second server connects first: that is refused, so nobody listens, and it removes \
             the path and binds.",
            taken_over,
            |error| expect(error, None, "nobody listens there: it is removed, and bound anew"),
        ),
    ])
}

pub(crate) fn semaphore() -> Lesson {
    Lesson::new("semaphore", "five processes, and a named semaphore that lets in two")
        .story("Whoever is inside stays until as many are there as can come.")
        .source("process-sharing/src/semaphore.rs")
        .variants(semaphore_variants)
}

fn semaphore_variants() -> Vec<Variant> {
    use semaphore::{Crowd, free_for_all, killed_inside, limited};
    Vec::from([
        breaks(
            "free-for-all",
            "Without a semaphore, all five processes are inside at the same time.",
            free_for_all,
            |crowd| expect(crowd, Crowd { most: 5, came: 5 }, "all five were inside at once"),
        ),
        holds(
            "limited",
            "A process waits for one of two permits before it goes in, and posts it when it comes \
             out.",
            limited,
            |crowd| {
                expect(
                    crowd,
                    Crowd { most: 2, came: 5 },
                    "all five came in, two at once at the most",
                )
            },
        ),
        breaks(
            "killed-inside",
            "A process is killed with the only permit: a semaphore has no owner, so nobody posts \
             it.",
            killed_inside,
            |got| expect(got, false, "nobody gives back the permit of a process that was killed"),
        ),
    ])
}

#[cfg(target_os = "linux")]
pub(crate) fn signal() -> Lesson {
    Lesson::new("signal", "five signals to a process that has blocked them")
        .story(
            "A standard signal is a flag. Real-time signals are queued, in order, each with its \
             value.",
        )
        .source("process-sharing/src/signal.rs")
        .variants(signal_variants)
}

fn signal_variants() -> Vec<Variant> {
    use process_sharing::signal::{real_time, standard, unprepared};
    Vec::from([
        breaks(
            "standard",
            "SIGUSR1 is sent five times while it is blocked: a pending standard signal is a flag, \
             and comes once.",
            standard,
            |found| {
                expect(
                    found.join(" ").as_str(),
                    "USR1 USR2",
                    "SIGUSR1 was sent five times, and came once",
                )
            },
        ),
        holds(
            "real-time",
            "SIGRTMIN is sent five times while it is blocked: real-time signals are queued, each \
             with its value.",
            real_time,
            |found| {
                expect(found.join(" ").as_str(), "1 2 3 4 5", "all five came, in order: 1 2 3 4 5")
            },
        ),
        breaks(
            "unprepared",
            "The child has neither a handler for SIGUSR1 nor blocked it: the default action ends \
             the process.",
            unprepared,
            |ended_by| {
                expect(
                    ended_by,
                    Some(libc::SIGUSR1),
                    "SIGUSR1 has ended a process that took no notice",
                )
            },
        ),
    ])
}

pub(crate) fn file_lock() -> Lesson {
    Lesson::new("file-lock", "a file's lock between processes, given back by the kernel")
        .story("Two processes add 1 to the number in a file. Both read it before either writes.")
        .source("process-sharing/src/file_lock.rs")
        .variants(file_lock_variants)
}

fn file_lock_variants() -> Vec<Variant> {
    use file_lock::{flock_kept, holder_killed, locked, posix_dropped, without};
    Vec::from([
        breaks(
            "without",
            "Two processes read the number before either writes it: both write 1, and one update \
             is lost.",
            without,
            |number| expect(number, 1, "0 + 1 twice: 1, an update is lost"),
        ),
        holds(
            "locked",
            "A process locks the file (flock) from its read to its write: the second one blocks, \
             and reads 1.",
            locked,
            |number| expect(number, 2, "the second one waited: 2"),
        ),
        holds(
            "holder-killed",
            "The process that holds the lock is killed: the kernel closes its file, and the \
             waiter gets the lock.",
            holder_killed,
            |number| expect(number, 1, "the kernel gave the lock to the one that waited"),
        ),
        breaks(
            "posix-dropped",
            "An fcntl lock belongs to the process: closing any descriptor of the file releases it.",
            posix_dropped,
            |got| expect(got, true, "by fcntl: opened and closed once more, the file is unlocked"),
        ),
        holds(
            "flock-kept",
            "A flock lock belongs to the open file description: closing another one of that file \
             does not release it.",
            flock_kept,
            |got| expect(got, false, "by File::lock: it is still locked"),
        ),
    ])
}

/// What there is none of, on this system.
#[cfg(not(target_os = "linux"))]
fn nowhere(source: &'static str, why: &'static str) -> Lesson {
    let story = "This system does not have what the lesson shows.";
    Lesson::new(
        source,
        [Variant::holds("linux-only", move || Ok(Report::not_here(why))).story(story)],
    )
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn message_queue() -> Lesson {
    nowhere("process-sharing/src/message_queue.rs", "this system has no POSIX message queues")
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn signal() -> Lesson {
    nowhere("process-sharing/src/signal.rs", "this system has no real-time signals")
}
