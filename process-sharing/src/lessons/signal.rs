use stage::Lesson;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("signal", "five signals to a process that has blocked them")
        .story(
            "A standard signal is a flag. Real-time signals are queued, in order, each with its \
             value.",
        )
        .source("process-sharing/src/signal.rs")
        .python("coalesced_signals")
        .variants(variants)
}

#[cfg(target_os = "linux")]
fn variants() -> [stage::Variant; 3] {
    use process_sharing::signal::{real_time, standard, unprepared};

    use super::{breaks, holds, is};

    [
        breaks("standard", standard, is("USR1 USR2", "SIGUSR1 was sent five times, and came once"))
            .story("SIGUSR1 is sent five times, and blocked: a standard signal is a flag."),
        holds("real-time", real_time, is("1 2 3 4 5", "all five came, in order: 1 2 3 4 5"))
            .story("SIGRTMIN is sent five times, and blocked: all are queued, with values."),
        breaks(
            "unprepared",
            unprepared,
            is(Some(libc::SIGUSR1), "SIGUSR1 has ended a process that took no notice"),
        )
        .story("The child neither handles nor blocks SIGUSR1: its default ends the process."),
    ]
}

#[cfg(not(target_os = "linux"))]
fn variants() -> [stage::Variant; 1] {
    super::not_here("this system has no real-time signals")
}
