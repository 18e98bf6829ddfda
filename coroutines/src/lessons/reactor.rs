use stage::{Lesson, Variant};

use super::descriptors;

/// The options of `reactor`.
#[derive(clap::Args)]
struct Options {
    /// The number of sockets; each takes two descriptors, for both its ends are in this process
    #[arg(long, value_name = "N", default_value_t = 1000.min(descriptors::most()))]
    #[arg(value_parser = descriptors::pairs)]
    sockets: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("reactor", "one thread and a thousand sockets: which of them has a message?")
        .story(
            "A blocking read waits for one socket. select, poll and epoll wait for all in one \
             call; a reactor does so for the tasks of an executor.",
        )
        .source("coroutines/src/reactor.rs")
        .python("event_loop")
        .variants_with(variants)
}

#[cfg(not(target_os = "linux"))]
fn variants(_: &Options) -> [Variant; 1] {
    let why = "epoll is Linux's; the BSDs and macOS have kqueue, which tokio uses there";
    [Variant::holds("ours", move || Ok(stage::Report::not_here(why)))
        .story("Our executor serves an echo, and waits for all sockets in one call.")]
}

#[cfg(target_os = "linux")]
fn variants(options: &Options) -> [Variant; 9] {
    use std::io;
    use std::time::Duration;

    use coroutines::loopback::clients::MESSAGE;
    use coroutines::reactor::{
        blocking_read, by_epoll, by_poll, by_wakers, halved, select, serve_crowd,
    };
    use rustix::event::epoll::EventFlags;
    use stage::{Checked, Report, expect, grouped};

    use super::checked;

    const MESSAGES: u32 = 20;
    const ECHOES: u64 = 4;
    let sockets = options.sockets;
    let all_found = move |find: fn(usize, usize) -> io::Result<(usize, usize)>| -> Checked {
        let ran = descriptors::with_descriptors(sockets)
            .and_then(|()| find(sockets as usize, MESSAGES as usize));
        let (found, handed) = checked(ran)?;
        let handed = grouped(handed);
        let line = format!("{MESSAGES} messages: {handed} descriptors handed to the kernel");
        expect(found, MESSAGES as usize, line)
    };
    let half = |flags, drains, wanted: (usize, usize, u64), line: &str| -> Checked {
        let seen = checked(halved(flags, drains))?;
        expect(seen, wanted, format!("{} of 64 bytes: {line}", seen.1))
    };
    [
        Variant::breaks("blocking-read", move || {
            const LIMIT: Duration = Duration::from_millis(80);
            let ran = descriptors::with_descriptors(sockets)
                .and_then(|()| blocking_read(sockets as usize, LIMIT));
            let (read, ready) = checked(ran)?;
            let ready_now = grouped(ready);
            let line = format!("80 ms in the read of socket 0; {ready_now} messages were there");
            expect((read, ready), (0, sockets as usize - 1), line)
        })
        .story("The thread blocks in a read of socket 0, and reads no other's message meanwhile."),
        Variant::breaks("select", || {
            let Ok(seen) = descriptors::with_descriptors(1).and_then(|()| select()) else {
                return Ok(Report::not_here("the limit allows no descriptor of number 1024"));
            };
            let report = expect(seen, (1, 2), "select sees 1 of 2 messages, poll both")?;
            Ok(report.fact("the other", "is descriptor 1024, and FD_SETSIZE is 1024"))
        })
        .story("A set of `select` has a bit for descriptors 0 to 1023: a larger one is not seen."),
        Variant::holds("poll", move || all_found(by_poll))
            .story("`poll` takes any descriptor, and is handed all of them with each call."),
        Variant::holds("epoll", move || all_found(by_epoll))
            .story("`epoll` is handed each descriptor once, and reports those that are ready."),
        Variant::breaks("edge-half-drained", move || {
            half(EventFlags::ET, false, (1, 32, 32), "reported once, the rest never")
        })
        .story("Edge-triggered, epoll reports what arrives, and not what is left unread."),
        Variant::holds("level-half-drained", move || {
            half(EventFlags::empty(), false, (2, 64, 0), "reported twice, by halves")
        })
        .story("Level-triggered, epoll reports a socket as long as there is something to read."),
        Variant::holds("edge-drained", move || {
            half(EventFlags::ET, true, (1, 64, 0), "reported once, read until EAGAIN")
        })
        .story("Edge-triggered, a reader that reads until it would block misses nothing."),
        Variant::holds("wakers", move || all_found(by_wakers))
            .story("A reactor: a task that would block leaves its waker, and epoll has it woken."),
        Variant::holds("ours", move || {
            // Both sides wait by an epoll, and one by a bell, too.
            let ran = descriptors::with_descriptors(sockets + 6)
                .and_then(|()| serve_crowd(sockets, ECHOES));
            let bytes = checked(ran)?;
            let messages = u64::from(sockets) * (ECHOES + 1);
            let line = format!("one thread: {} messages sent back", grouped(messages));
            expect(bytes, messages * MESSAGE as u64, line)
        })
        .story("An echo server on our executor: its reactor wakes a task whose read had to wait."),
    ]
}
