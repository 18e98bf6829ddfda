use stage::Lesson;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("message-queue", "messages with priorities, in a queue that the system owns")
        .story(
            "All processes that had the queue open have exited. What was sent is still there, for \
             the next one that opens it.",
        )
        .source("process-sharing/src/message_queue.rs")
        .variants(variants)
}

#[cfg(target_os = "linux")]
fn variants() -> [stage::Variant; 3] {
    use process_sharing::message_queue::{Received, full, left_behind, priorities};

    use super::{breaks, holds, is};

    let received = |messages: &str, name_stays| Received { messages: messages.into(), name_stays };
    [
        breaks(
            "left-behind",
            left_behind,
            is(
                received("forgotten", true),
                "a later process received it, and the queue still stays",
            ),
        )
        .story("All processes that used the queue have exited: it stays until it is unlinked."),
        holds(
            "priorities",
            priorities,
            is(received("urgent a b", false), "urgent came first, then a and b; no name is left"),
        )
        .story("The queue is unlinked and goes with its users; the highest priority comes first."),
        holds("full", full, is("no room for e", "room for four: the fifth is told"))
            .story("The fifth message finds no room: a non-blocking send fails with EAGAIN."),
    ]
}

#[cfg(not(target_os = "linux"))]
fn variants() -> [stage::Variant; 1] {
    super::not_here("this system has no POSIX message queues")
}
