//! The lessons in which processes send each other what they share.

use kit::child::program;
use process_sharing::compared::{Means, Measured, SIZES, measure};
use process_sharing::{manager, pipe, queue};
use stage::{Lesson, Report, Variant, duration, expect, grouped};

use super::{breaks, deadlocks, holds};

pub(crate) fn manager() -> Lesson {
    Lesson::new("manager", "a server process owns a dict, and a client changes a list inside it")
        .story(
            "What a proxy's get returns is a copy. The server has d = {\"inner\": [1]} and l = \
             [1]; a client appends 2.",
        )
        .source("process-sharing/src/manager.rs")
        .variants(manager_variants)
}

fn manager_variants() -> Vec<Variant> {
    use manager::{
        Left, both_put_back, changed_copy, client_killed, own_list, put_back, server_killed,
    };
    let left = |inner: &[i64], own: &[i64]| Left { inner: inner.to_vec(), own: own.to_vec() };
    Vec::from([
        breaks(
            "changed-copy",
            "The client gets the inner list, which is a copy, and appends to that: the server's \
             list is unchanged.",
            changed_copy,
            move |out| {
                expect(
                    out,
                    left(&[1], &[1]),
                    "the server's is [1] still: the client changed its own",
                )
            },
        ),
        holds(
            "put-back",
            "The client appends to its copy, and puts it back under its key: the server replaces \
             the list.",
            put_back,
            move |out| expect(out, left(&[1, 2], &[1]), "put back under its key: [1, 2]"),
        ),
        breaks(
            "both-put-back",
            "Two clients get the list before either puts it back: the second one overwrites the \
             first, a lost update.",
            both_put_back,
            move |out| {
                expect(
                    out,
                    left(&[1, 2], &[1]),
                    "two appended 2, both before either put back: [1, 2]",
                )
            },
        ),
        holds(
            "own-list",
            "The list has a name of its own in the server, which appends by itself: no copy goes \
             back and forth.",
            own_list,
            move |out| expect(out, left(&[1], &[1, 2]), "a list with a name of its own: [1, 2]"),
        ),
        holds(
            "client-killed",
            "A client is killed after its change: the server's thread for it ends, and other \
             clients are served.",
            client_killed,
            move |out| {
                expect(
                    out,
                    left(&[1], &[1, 2, 2]),
                    "what it had done stays; the other client goes on",
                )
            },
        ),
        holds(
            "server-killed",
            "The server is killed: each client's next request returns an error and waits for no \
             answer.",
            server_killed,
            |said| {
                let gone = manager::Error::ServerGone.to_string();
                expect(said, [gone.clone(), gone.clone()], format!("two clients are told: {gone}"))
            },
        ),
    ])
}

pub(crate) fn queue() -> Lesson {
    Lesson::new("queue", "ten numbers out of a child, through a queue with room for four")
        .story(
            "The child can exit only when there has been room for all ten. A parent that waits \
             for that first, and receives then, waits for ever.",
        )
        .source("process-sharing/src/queue.rs")
        .variants(queue_variants)
}

fn queue_variants() -> Vec<Variant> {
    use queue::{closed, consumer_killed, join_first, many, ten_numbers};
    Vec::from([
        deadlocks(
            "join-first",
            "The parent waits for the child's exit before it receives, and the child for room: a \
             deadlock.",
            join_first,
        ),
        holds(
            "drain-first",
            "The parent receives until the queue is closed, and waits for the child after that: \
             the child can exit.",
            ten_numbers,
            |numbers| {
                expect(
                    numbers,
                    (0..10).collect(),
                    "the ten numbers, in order; then the child's end",
                )
            },
        ),
        holds(
            "many",
            "Three producers and two consumers share one queue: the kernel gives each message to \
             one consumer.",
            |program| many(program, 3, 2, 100),
            |received| {
                let counts: Vec<_> = received.iter().map(Vec::len).collect();
                let mut all = received.concat();
                all.sort_unstable();
                let sent: Vec<u32> = (0..3)
                    .flat_map(|producer| (0..100).map(move |n| 1000 * producer + n))
                    .collect();
                if all != sent {
                    return Err(format!("{} came, not the 300 that were sent", all.len()));
                }
                let line = "3 producers, 2 consumers: each of 300 numbers came once";
                Ok(Report::new(line)
                    .fact("received", format!("{} and {} numbers", counts[0], counts[1])))
            },
        ),
        holds(
            "closed",
            "The queue is closed while consumers and producers block on it: all of them return \
             with an error.",
            closed,
            |said| {
                expect(
                    said,
                    vec!["closed".to_owned(); 4],
                    "two that waited to receive, two to send: all were woken",
                )
            },
        ),
        holds(
            "consumer-killed",
            "A consumer is killed while it blocks: it holds no lock, so the other consumer gets \
             every message.",
            consumer_killed,
            |numbers| {
                expect(
                    numbers,
                    (0..10).collect(),
                    "it was killed while it waited; the other one got all ten",
                )
            },
        ),
    ])
}

pub(crate) fn pipe() -> Lesson {
    Lesson::new("pipe", "a two-way pipe: the numbers 1 to 5 one way, 123 back")
        .story(
            "It is a pair of connected sockets. A receive ends when the last copy of the other \
             end is closed, in whatever process that is.",
        )
        .source("process-sharing/src/pipe.rs")
        .variants(pipe_variants)
}

fn pipe_variants() -> Vec<Variant> {
    use pipe::{Error, both_send, closed, conversation, cut_off, end_kept};
    Vec::from([
        deadlocks(
            "both-send",
            "Parent and child both send 4 MiB before either receives: both buffers are full, and \
             both sides block.",
            both_send,
        ),
        holds(
            "two-way",
            "One side receives while the other one sends: five numbers go one way, and an answer \
             the other.",
            conversation,
            |said| {
                expect(
                    said,
                    (vec![1, 2, 3, 4, 5], 123),
                    "the parent has [1, 2, 3, 4, 5], the child 123",
                )
            },
        ),
        deadlocks(
            "end-kept",
            "The parent has kept its copy of the child's end open: so the stream has no end, and \
             it waits for itself.",
            end_kept,
        ),
        holds(
            "end-dropped",
            "The parent drops its copy of the child's end: the child's exit closes the last one, \
             and nobody waits.",
            closed,
            |ended| match ended {
                (Err(received), Err(sent)) => {
                    let both = matches!((&received, &sent), (Error::Closed, Error::Closed));
                    expect(both, true, format!("receive and send both say: {received}"))
                }
                ended => Err(format!("{ended:?} came out, no two errors")),
            },
        ),
        holds(
            "cut-off",
            "The child is killed in the middle of a value: its length was sent first, so half of \
             it is an error.",
            cut_off,
            |received| match received {
                Err(error @ Error::CutOff) => Ok(Report::new(format!("receive says: {error}"))),
                received => Err(format!("{received:?} came out, not {:?}", Error::CutOff)),
            },
        ),
    ])
}

pub(crate) fn ipc_compared() -> Lesson {
    Lesson::new("ipc-compared", "each means at 64 B, 4 KiB and 1 MiB")
        .story(
            "How long a round trip takes, a message there and back, and how much goes one way: \
             the medians of three short batches, on whatever cores the system gives. A message \
             queue has no messages of 1 MiB.",
        )
        .source("process-sharing/src/compared.rs")
        .variants(ipc_compared_variants)
}

fn ipc_compared_variants() -> Vec<Variant> {
    let form = |name, story, means| {
        Variant::holds(name, move || {
            if means == Means::MessageQueue && !cfg!(target_os = "linux") {
                return Ok(Report::not_here("this system has no POSIX message queues"));
            }
            let measured = program().and_then(|program| measure(&program, means));
            let measured = measured.map_err(|error| error.to_string())?;
            let each = |figure: &dyn Fn(Measured, usize) -> String| {
                let sizes = ["64 B", "4 KiB", "1 MiB"].into_iter().zip(SIZES);
                let figures = sizes.zip(measured).map(|((name, size), measured)| {
                    format!(
                        "{name} {}",
                        measured.map_or("-".to_owned(), |measured| figure(measured, size))
                    )
                });
                figures.collect::<Vec<_>>().join(", ")
            };
            let round_trip =
                each(&|measured, _| duration(measured.there_and_back.as_nanos() as u64));
            let one_way = each(&|measured, size| grouped(measured.megabytes(size).cast_signed()));
            let report = Report::measured(format!("round trip  {round_trip}"));
            Ok(report.fact("one way", format!("{one_way} MB/s")))
        })
        .story(story)
    };
    Vec::from([
        form(
            "pipe",
            "Two unnamed pipes, one for each direction: each message is copied into the kernel \
             and out again.",
            Means::Pipe,
        ),
        form(
            "socketpair",
            "A pair of connected Unix stream sockets: one descriptor at either side carries both \
             directions.",
            Means::Socketpair,
        ),
        form(
            "fifo",
            "Two named pipes: the same as unnamed ones as soon as both sides have opened them.",
            Means::Fifo,
        ),
        form(
            "message-queue",
            "Two POSIX message queues, which keep messages whole: of 4 KiB at the most here.",
            Means::MessageQueue,
        ),
        form(
            "ipc-channel",
            "The crate ipc-channel with raw bytes: a SOCK_SEQPACKET socket, and fragments of a \
             long message.",
            Means::IpcChannel,
        ),
        form(
            "ring",
            "Two rings in shared memory: no system call while both sides are awake, and no copy \
             by the kernel.",
            Means::Ring,
        ),
    ])
}
