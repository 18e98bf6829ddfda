use process_sharing::model::models;
use process_sharing::ring::{LONG, there_and_back, through_a_pipe, through_a_ring};
use process_sharing::shared_memory::ring::Error;
use stage::{Lesson, Variant, duration, expect, grouped};

use super::{breaks, holds};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("ring", "a ring in shared memory: messages without a copy, without a system call")
        .story(
            "A child is killed in the middle of its third message. Through a pipe, half a message \
             arrives; through the ring, whole ones.",
        )
        .source("process-sharing/src/{ring,shared_memory/positions}.rs")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        breaks("pipe", through_a_pipe, |[whole, part]| {
            let line = "the third message arrives in part, and the reader is not told";
            let report = expect((whole, (1..LONG).contains(&part)), (2, true), line)?;
            let [part, all] = [part, LONG].map(grouped);
            Ok(report.fact("third", format!("{part} of {all} bytes")))
        })
        .story("The child is killed while it writes to a pipe: a part of the message arrives."),
        holds("ring", through_a_ring, |(whole, told)| {
            let line = "two messages arrive whole, then the reader is told of the death";
            expect((whole, matches!(told, Error::Died { .. })), (2, true), line)
        })
        .explored_for(
            "3 messages, room for 2",
            "messages received",
            "lose a message",
            [vec![1, 2, 3]],
            models::hand_over,
        )
        .story("One store publishes a whole message: a child killed before that has sent nothing."),
        holds(
            "there-and-back",
            |program| there_and_back(program, 20_000),
            |(right, time, sleeps)| {
                let report = expect(right, 20_000, "20 000 messages came back")?;
                let time = duration(time.as_nanos() as u64);
                let slept = format!("{} times of 20 000", grouped(sleeps));
                Ok(report.fact("time", format!("{time}, the median")).fact("slept", slept))
            },
        )
        .explored_for(
            "1 message, then the consumer closes",
            "messages sent",
            "leave the producer waiting",
            [3],
            models::closing,
        )
        .story("A message goes through two rings: an end spins, then blocks on a futex."),
    ]
}
