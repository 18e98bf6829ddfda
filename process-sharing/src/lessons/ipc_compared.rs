use process_sharing::ipc_compared::{Measured, SIZES, measure};
use stage::{Lesson, Report, Variant, duration, grouped};

use super::with_children;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("ipc-compared", "each means of communication at 64 B, 4 KiB and 1 MiB")
        .story(
            "The time of a round trip, a message there and back, and the throughput one way: the \
             medians of three short batches, on whatever cores the system gives. A message queue \
             has no messages of 1 MiB.",
        )
        .source("process-sharing/src/{ipc_compared,links/open}.rs")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        variant("pipe")
            .story("Two unnamed pipes, one each way: the kernel copies a message in and out."),
        variant("socketpair")
            .story("Connected Unix stream sockets: one descriptor carries both directions."),
        variant("fifo")
            .story("Two named pipes: as unnamed ones as soon as both sides have opened them."),
        variant("message-queue")
            .story("Two POSIX message queues, which keep messages whole: of 4 KiB at the most."),
        variant("ipc-channel")
            .story("The crate ipc-channel with raw bytes: SOCK_SEQPACKET, long ones in parts."),
        variant("ring")
            .story("Two rings in shared memory: no system call while both are awake, no copy."),
    ]
}

fn variant(name: &'static str) -> Variant {
    let run = move || {
        if name == "message-queue" && !cfg!(target_os = "linux") {
            return Ok(Report::not_here("this system has no POSIX message queues"));
        }
        let measured = with_children(|program| measure(program, name))?;
        let each = |figure: &dyn Fn(Measured, usize) -> String| {
            let sizes = ["64 B", "4 KiB", "1 MiB"].into_iter().zip(SIZES).zip(measured);
            let figures = sizes.map(|((name, size), measured)| {
                let figure = measured.map_or("-".to_owned(), |measured| figure(measured, size));
                format!("{name} {figure}")
            });
            figures.collect::<Vec<_>>().join(", ")
        };
        let round_trip = each(&|measured, _| duration(measured.there_and_back.as_nanos() as u64));
        let one_way = each(&|measured, size| grouped(measured.megabytes(size)));
        let report = Report::measured(format!("round trip  {round_trip}"));
        Ok(report.fact("one way", format!("{one_way} MB/s")))
    };
    Variant::holds(name, run)
}
