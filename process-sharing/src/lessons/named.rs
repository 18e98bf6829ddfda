//! The lessons in which processes find each other by a name in the system, or by a process number.

use std::io::ErrorKind;

use process_sharing::{fifo, file_lock, semaphore, socket};
#[cfg(not(target_os = "linux"))]
use stage::{Form, Report};
use stage::{Lesson, expect};

use super::{breaks, deadlocks, holds};

pub(crate) fn fifo() -> Lesson {
    use fifo::{asked_first, by_name, early_end, kept_open, no_reader};
    Lesson::new(
        "process-sharing/src/fifo.rs",
        [
            deadlocks("no-reader", no_reader),
            holds("by-name", by_name, |read| {
                expect(read.as_str(), "hello", "a reader and a writer, and a path: hello")
            }),
            holds("asked-first", asked_first, |said| {
                expect(said.as_str(), "no reader", "opened without waiting, it says at once: no reader")
            }),
            breaks("early-end", early_end, |read| {
                expect(read.as_str(), "one", "the input ended with the first of two writers")
            }),
            holds("kept-open", kept_open, |read| {
                expect(read.as_str(), "one two", "the reader has it open to write, too: both came")
            }),
        ],
    )
}

#[cfg(target_os = "linux")]
pub(crate) fn message_queue() -> Lesson {
    use process_sharing::message_queue::{Outcome, full, left_behind, priorities};
    let outcome = |received: &[&str], name_stays| Outcome {
        received: received.iter().map(ToString::to_string).collect(),
        name_stays,
    };
    Lesson::new(
        "process-sharing/src/message_queue.rs",
        [
            breaks("left-behind", left_behind, move |out| {
                expect(
                    out,
                    outcome(&["forgotten"], true),
                    "a later process received it, and the queue still stays",
                )
            }),
            holds("priorities", priorities, move |out| {
                let line = "urgent came first, then a and b; no name is left";
                expect(out, outcome(&["urgent", "a", "b"], false), line)
            }),
            holds("full", full, |said| {
                expect(said.as_str(), "no room for e", "room for four: the fifth is told")
            }),
        ],
    )
}

pub(crate) fn socket() -> Lesson {
    use socket::{bound_again, by_path, descriptor_passed, number_passed, seqpacket, stream, taken_over};
    let found = || Some("from the client".to_owned());
    Lesson::new(
        "process-sharing/src/socket.rs",
        [
            breaks("number-passed", number_passed, |read| {
                expect(read, None, "a descriptor's number is nothing to another process")
            }),
            holds("descriptor-passed", descriptor_passed, move |read| {
                expect(read, found(), "the server read the file, when the client had ended")
            }),
            holds("by-path", by_path, |(asked, answered, known)| {
                let line = "asked and answered; the kernel says who asks";
                expect((asked.as_str(), answered.as_str(), known), ("what", "123", true), line)
            }),
            breaks("stream", stream, |read| {
                expect(read.as_str(), "onetwo", "two writes came out as one: onetwo")
            }),
            holds("seqpacket", seqpacket, |read| expect(read.as_str(), "one", "two writes are two messages")),
            breaks("stale-path", bound_again, |error| {
                expect(error, Some(ErrorKind::AddrInUse), "the killed server's path is in the way")
            }),
            holds("taken-over", taken_over, |error| {
                expect(error, None, "nobody listens there: it is removed, and bound anew")
            }),
        ],
    )
}

pub(crate) fn semaphore() -> Lesson {
    use semaphore::{Crowd, free_for_all, killed_inside, limited};
    Lesson::new(
        "process-sharing/src/semaphore.rs",
        [
            breaks("free-for-all", free_for_all, |crowd| {
                expect(crowd, Crowd { most: 5, came: 5 }, "all five were inside at once")
            }),
            holds("limited", limited, |crowd| {
                expect(crowd, Crowd { most: 2, came: 5 }, "all five came in, two at once at the most")
            }),
            breaks("killed-inside", killed_inside, |got| {
                expect(got, false, "nobody gives back the permit of a process that was killed")
            }),
        ],
    )
}

#[cfg(target_os = "linux")]
pub(crate) fn signal() -> Lesson {
    use process_sharing::signal::{real_time, standard, unprepared};
    Lesson::new(
        "process-sharing/src/signal.rs",
        [
            breaks("standard", standard, |found| {
                expect(found.join(" ").as_str(), "USR1 USR2", "SIGUSR1 was sent five times, and came once")
            }),
            holds("real-time", real_time, |found| {
                expect(found.join(" ").as_str(), "1 2 3 4 5", "all five came, in order: 1 2 3 4 5")
            }),
            breaks("unprepared", unprepared, |ended_by| {
                expect(ended_by, Some(libc::SIGUSR1), "SIGUSR1 has ended a process that took no notice")
            }),
        ],
    )
}

pub(crate) fn file_lock() -> Lesson {
    use file_lock::{flock_kept, holder_killed, locked, posix_dropped, without};
    Lesson::new(
        "process-sharing/src/file_lock.rs",
        [
            breaks("without", without, |number| expect(number, 1, "0 + 1 twice: 1, an update is lost")),
            holds("locked", locked, |number| expect(number, 2, "the second one waited: 2")),
            holds("holder-killed", holder_killed, |number| {
                expect(number, 1, "the kernel gave the lock to the one that waited")
            }),
            breaks("posix-dropped", posix_dropped, |got| {
                expect(got, true, "by fcntl: opened and closed once more, the file is unlocked")
            }),
            holds("flock-kept", flock_kept, |got| expect(got, false, "by File::lock: it is still locked")),
        ],
    )
}

/// What there is none of, on this system.
#[cfg(not(target_os = "linux"))]
fn nowhere(source: &'static str, why: &'static str) -> Lesson {
    Lesson::new(source, [Form::holds("linux-only", move || Ok(Report::not_here(why)))])
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn message_queue() -> Lesson {
    nowhere("process-sharing/src/message_queue.rs", "this system has no POSIX message queues")
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn signal() -> Lesson {
    nowhere("process-sharing/src/signal.rs", "this system has no real-time signals")
}
