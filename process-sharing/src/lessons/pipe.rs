use process_sharing::pipe::{Error, both_send, closed, conversation, cut_off, end_kept};
use stage::{Lesson, Report, Variant, expect};

use super::{deadlocks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("pipe", "a two-way pipe: the numbers 1 to 5 one way, 123 back")
        .story(
            "It is a pair of connected sockets. A receive ends when the last copy of the other end \
             is closed, in whatever process that is.",
        )
        .source("process-sharing/src/pipe.rs")
        .python("two_way_pipe")
        .python("kept_end")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        deadlocks("both-send", both_send)
            .story("Both send 4 MiB before either receives: the buffers are full, both block."),
        holds(
            "two-way",
            conversation,
            is((vec![1, 2, 3, 4, 5], 123), "the parent has [1, 2, 3, 4, 5], the child 123"),
        )
        .story("One side receives while the other sends: five numbers one way, an answer back."),
        deadlocks("end-kept", end_kept)
            .story("The parent keeps its copy of the child's end open: it waits for itself."),
        holds("end-dropped", closed, |ended| match ended {
            (Err(received), Err(sent)) => {
                let both = matches!((&received, &sent), (Error::Closed, Error::Closed));
                expect(both, true, format!("receive and send both say: {received}"))
            }
            ended => Err(format!("{ended:?} came out, no two errors")),
        })
        .story("The parent drops its copy of the end: the child's exit closes the last one."),
        holds("cut-off", cut_off, |received| match received {
            Err(error @ Error::CutOff) => Ok(Report::new(format!("receive says: {error}"))),
            received => Err(format!("{received:?} came out, not {:?}", Error::CutOff)),
        })
        .story("The child is killed in mid-value: by its length, half of it is an error."),
    ]
}
