//! `channels`: a deadlock without a lock.

use deadlock::{model, real};
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("channels", "two threads that each wait for the other's message")
        .story(
            "No lock in sight: to receive is to wait, and over a channel without capacity so is to \
             send.",
        )
        .source("deadlock/src/channels.rs")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    use real::channels::{
        both_receive, both_send, one_sends_first, room_for_one, sender_dropped, sender_kept,
    };
    let explored = |variant: Variant, run: fn() -> [u32; 2]| {
        variant.explored_for("2 threads", "each one's message", "deadlock", [[2, 1]], run)
    };
    [
        explored(
            Variant::deadlocks("both-receive", both_receive)
                .story("Each thread receives before it sends, so neither of them ever sends."),
            model::channels::both_receive,
        ),
        explored(
            Variant::deadlocks("both-send", both_send)
                .story("Each sends first, without capacity: each waits for the other to receive."),
            model::channels::both_send,
        ),
        explored(
            Variant::holds("one-speaks", || {
                expect(one_sends_first(), [2, 1], "t1 sends, then receives; t2 the other way round")
            })
            .story("One sends first and the other receives first: a protocol; every wait is met."),
            model::channels::one_sends_first,
        ),
        explored(
            Variant::holds("room-for-one", || {
                expect(room_for_one(), [2, 1], "both send first, and there is room")
            })
            .story("There is room for one message: a thread sends before the other receives."),
            model::channels::room_for_one,
        ),
        Variant::deadlocks("sender-kept", sender_kept)
            .story("t1 keeps a sender, and receives until all are dropped: in vain.")
            .explored_for("2 threads", "the sum", "deadlock", [1], model::channels::sender_kept),
        Variant::holds("sender-dropped", || {
            expect(sender_dropped(), 1, "t1 drops its sender before it receives to the end")
        })
        .story("t1 drops its own sender first: receiving ends with the last other one.")
        .explored_for(
            "2 threads",
            "the sum",
            "deadlock",
            [1],
            model::channels::sender_dropped,
        ),
    ]
}
