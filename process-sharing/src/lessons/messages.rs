//! The lessons in which processes send each other what they share.

use process_sharing::compared::{Means, SIZES, measure};
use process_sharing::{manager, pipe, queue};
use stage::{Form, Lesson, Report, duration, expect, grouped, program};

use super::{breaks, deadlocks, holds};

pub(crate) fn manager() -> Lesson {
    use manager::{Left, both_put_back, changed_copy, client_killed, own_list, put_back, server_killed};
    let left = |inner: &[i64], own: &[i64]| Left { inner: inner.to_vec(), own: own.to_vec() };
    Lesson::new(
        "process-sharing/src/manager.rs",
        [
            breaks("changed-copy", changed_copy, move |out| {
                expect(out, left(&[1], &[1]), "the server's is [1] still: the client changed its own")
            }),
            holds("put-back", put_back, move |out| {
                expect(out, left(&[1, 2], &[1]), "put back under its key: [1, 2]")
            }),
            breaks("both-put-back", both_put_back, move |out| {
                expect(out, left(&[1, 2], &[1]), "two appended 2, both before either put back: [1, 2]")
            }),
            holds("own-list", own_list, move |out| {
                expect(out, left(&[1], &[1, 2]), "a list with a name of its own: [1, 2]")
            }),
            holds("client-killed", client_killed, move |out| {
                expect(out, left(&[1], &[1, 2, 2]), "what it had done stays; the other client goes on")
            }),
            holds("server-killed", server_killed, |said| {
                let gone = manager::Error::ServerGone.to_string();
                expect(said, [gone.clone(), gone.clone()], format!("two clients are told: {gone}"))
            }),
        ],
    )
}

pub(crate) fn queue() -> Lesson {
    use queue::{closed, consumer_killed, join_first, many, ten_numbers};
    Lesson::new(
        "process-sharing/src/queue.rs",
        [
            deadlocks("join-first", join_first),
            holds("drain-first", ten_numbers, |numbers| {
                expect(numbers, (0..10).collect(), "the ten numbers, in order; then the child's end")
            }),
            holds(
                "many",
                |program| many(program, 3, 2, 100),
                |received| {
                    let counts: Vec<_> = received.iter().map(Vec::len).collect();
                    let mut all = received.concat();
                    all.sort_unstable();
                    let sent: Vec<u32> =
                        (0..3).flat_map(|producer| (0..100).map(move |n| 1000 * producer + n)).collect();
                    if all != sent {
                        return Err(format!("{} came, not the 300 that were sent", all.len()));
                    }
                    let line = "3 producers, 2 consumers: each of 300 numbers came once";
                    Ok(Report::new(line).fact("received", format!("{} and {}", counts[0], counts[1])))
                },
            ),
            holds("closed", closed, |said| {
                expect(
                    said,
                    vec!["closed".to_owned(); 4],
                    "two that waited to receive, two to send: all were woken",
                )
            }),
            holds("consumer-killed", consumer_killed, |numbers| {
                expect(numbers, (0..10).collect(), "it was killed while it waited; the other one got all ten")
            }),
        ],
    )
}

pub(crate) fn pipe() -> Lesson {
    use pipe::{Error, both_send, closed, conversation, cut_off, end_kept};
    Lesson::new(
        "process-sharing/src/pipe.rs",
        [
            deadlocks("both-send", both_send),
            holds("two-way", conversation, |said| {
                expect(said, (vec![1, 2, 3, 4, 5], 123), "the parent has [1, 2, 3, 4, 5], the child 123")
            }),
            deadlocks("end-kept", end_kept),
            holds("end-dropped", closed, |ended| match ended {
                (Err(received), Err(sent)) => {
                    let both = matches!((&received, &sent), (Error::Closed, Error::Closed));
                    expect(both, true, format!("receive and send both say: {received}"))
                }
                ended => Err(format!("{ended:?} came out, no two errors")),
            }),
            holds("cut-off", cut_off, |received| match received {
                Err(error @ Error::CutOff) => Ok(Report::new(format!("receive says: {error}"))),
                received => Err(format!("{received:?} came out, not {:?}", Error::CutOff)),
            }),
        ],
    )
}

pub(crate) fn ipc_compared() -> Lesson {
    let form = |name, means| {
        Form::holds(name, move || {
            if means == Means::MessageQueue && !cfg!(target_os = "linux") {
                return Ok(Report::not_here("this system has no POSIX message queues"));
            }
            let measured = program().and_then(|program| measure(&program, means));
            let measured = measured.map_err(|error| error.to_string())?;
            let mut line = String::new();
            for measured in measured {
                let time = measured.map(|measured| duration(measured.there_and_back.as_nanos() as u64));
                line += &format!("{:>8}", time.unwrap_or_else(|| "-".into()));
            }
            for (measured, size) in measured.into_iter().zip(SIZES) {
                let much = measured.map(|measured| grouped(measured.megabytes(size).cast_signed()));
                line += &format!("{:>7}", much.unwrap_or_else(|| "-".into()));
            }
            Ok(Report::new(line + " MB/s"))
        })
    };
    Lesson::new(
        "process-sharing/src/compared.rs",
        [
            form("pipe", Means::Pipe),
            form("socketpair", Means::Socketpair),
            form("fifo", Means::Fifo),
            form("message-queue", Means::MessageQueue),
            form("ipc-channel", Means::IpcChannel),
            form("ring", Means::Ring),
        ],
    )
}
