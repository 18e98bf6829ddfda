use std::io;
use std::time::Duration;

use coroutines::echo::{End, Server, clients, tasks, threads};
use stage::{Checked, Lesson, Variant, expect, grouped};

use super::descriptors::{most, pairs, with_descriptors};
use super::{checked, ms};

/// The options of `echo`.
#[derive(clap::Args)]
struct Options {
    /// The number of concurrent connections; each takes two descriptors, for both its ends are in
    /// this process
    #[arg(long, value_name = "N", default_value_t = 1000.min(most()), value_parser = pairs)]
    connections: u32,

    /// The number of messages over each
    #[arg(long, value_name = "N", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    messages: u32,
}

/// The timeout of an idle connection; on a busy machine it also hits one that is not: it reconnects.
const IDLE: Duration = Duration::from_millis(150);
/// It only ends a wait that would be in vain.
const PLENTY: Duration = Duration::from_secs(20);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("echo", "a server on the loopback interface, and a thousand connections at once")
        .story("A task or a thread for each connection; clients that do not send or read.")
        .source("coroutines/src/{echo,echo/threads}.rs")
        .python("echo_server")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 5] {
    let (clients, messages) = (options.connections, u64::from(options.messages));
    let limit = Duration::from_secs(60) + Duration::from_millis(u64::from(clients) * messages);
    [
        Variant::breaks("no-time-limit", || {
            let seen = with_descriptors(5)
                .and_then(|()| tasks(4, Duration::MAX)?.serve(clients::fifth_of_four));
            expect(checked(seen)?.0, false, "4 places, 4 idle connections: a 5th waits")
        })
        .story("Four idle connections hold all four permits; the fifth is not accepted."),
        Variant::holds("time-limit", || {
            let seen = with_descriptors(12)
                .and_then(|()| tasks(4, IDLE)?.serve(clients::four_bad_and_eight_good));
            let (sent, served) = checked(seen)?;
            let closed = served.ended(End::Idle) + served.ended(End::Broke);
            let report = expect(closed >= 4, true, "4 bad clients closed, the 8 others served")?;
            let sent = format!("the one that does not read sent {} kB", grouped(sent / 1000));
            Ok(report.fact("back-pressure", sent))
        })
        .story("An idle or unread connection is closed after a timeout: its permit is free."),
        Variant::holds("stopped", || {
            let seen =
                with_descriptors(50).and_then(|()| clients::in_mid_request(tasks(50, PLENTY)?, 50));
            let (answered, served) = checked(seen)?;
            let stopped = served.ended(End::Stopped);
            expect((answered, stopped), (50, 50), "told to stop: all 50 answered, then closed")
        })
        .story("A token stops accepting; connections answer what has arrived, and are closed."),
        Variant::holds("tasks", move || crowd(tasks(clients as usize, PLENTY), clients, messages))
            .story("A task for each connection, all of them on one thread, which waits by epoll.")
            .within(limit),
        Variant::holds("threads", move || crowd(threads(PLENTY), clients, messages))
            .story("A thread for each connection, with blocking reads and socket timeouts.")
            .within(limit),
    ]
}

fn crowd(server: io::Result<Server>, clients: u32, messages: u64) -> Checked {
    let seen = with_descriptors(clients)
        .and_then(|()| server?.serve(|address| clients::crowd(address, clients, messages)));
    let (crowd, served) = checked(seen)?;
    let connections = if clients == 1 { "connection" } else { "connections" };
    let line = format!("{} {connections} at once, every message answered", grouped(clients));
    let all = u64::from(clients) * (messages + 1) * clients::MESSAGE as u64;
    let report = expect(served.bytes(), all, line)?;
    let [after, rate] = [ms(crowd.connected), grouped(crowd.rate)];
    let rate = format!("connected after {after}, then {rate} messages/s");
    let known = |number: Option<u64>| number.map_or("an unknown number of".to_owned(), grouped);
    let [threads, memory] = [crowd.threads, crowd.memory].map(known);
    let process = format!("{threads} threads; {memory} bytes a connection");
    Ok(report.fact("measured", rate).fact("this process", process))
}
