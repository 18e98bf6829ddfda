use process_sharing::model::models;
use process_sharing::ring::{LONG, there_and_back, through_a_pipe, through_a_ring};
use stage::{Lesson, Variant, duration, expect, grouped};

use super::{breaks, holds};

const MESSAGES: u32 = 20_000;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("ring", "a ring in shared memory: messages without a copy, without a system call")
        .story(
            "A child is killed in the middle of its third message. Through a pipe, half a message \
             arrives; through the ring, whole ones.",
        )
        .source("process-sharing/src/{ring,shared_memory/ring}.rs")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        breaks(
            "pipe",
            "The child is killed while it writes to a pipe: a part of the message arrives.",
            through_a_pipe,
            |arrived| {
                let some = (1..LONG).contains(&arrived.of_another);
                let line = "the third message arrives in part, and the reader is not told";
                let report = expect((arrived.whole, some), (2, true), line)?;
                let (part, all) = (count(arrived.of_another), count(LONG));
                Ok(report.fact("third", format!("{part} of {all} bytes")))
            },
        ),
        holds(
            "ring",
            "One store publishes a whole message: a child killed before that has sent nothing.",
            through_a_ring,
            |arrived| {
                let line = "two messages arrive whole, then the reader is told of the death";
                let found = (arrived.whole, arrived.of_another, arrived.told);
                expect(found, (2, 0, true), line)
            },
        )
        .explored_for(
            "2 messages, room for 1",
            "lose a message",
            [vec![1, 2]],
            models::hand_over,
        ),
        holds(
            "there-and-back",
            "A message goes through two rings: an end that waits spins, then blocks on a futex.",
            |program| there_and_back(program, MESSAGES),
            |out| {
                let all = grouped(MESSAGES.into());
                let report = expect(out.right, MESSAGES, format!("{all} messages came back"))?;
                let time = duration(out.time.as_nanos() as u64);
                let sleeps = grouped(out.sleeps.cast_signed());
                Ok(report
                    .fact("time", format!("{time}, the median"))
                    .fact("slept", format!("{sleeps} times of {all}")))
            },
        )
        .explored_for(
            "1 message, then the consumer closes",
            "leave the producer waiting",
            [2],
            models::closing,
        ),
    ]
}

fn count(bytes: usize) -> String {
    grouped(bytes.cast_signed() as i64)
}
