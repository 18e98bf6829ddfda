use std::io;
use std::time::Duration;

use coroutines::echo::{Limits, Served, Server, clients, tasks, threads};
use coroutines::lane::{self, wait};
use coroutines::tokio_runtime::block_on;
use stage::{Lesson, Report, Variant};

use super::descriptors::{most, pairs, with_descriptors};
use super::{checked, count};

/// The options of `echo`.
#[derive(clap::Args)]
struct Options {
    /// The number of concurrent connections; each takes two descriptors, for both its ends are in
    /// this process
    #[arg(long, default_value_t = 1000.min(most()), value_parser = pairs)]
    connections: u32,

    /// The number of messages over each
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    messages: u32,
}

/// The timeout of an idle connection; on a busy machine it also hits one that is not: it reconnects.
const IDLE: Duration = Duration::from_millis(150);
/// It only ends a wait that would be in vain.
const PLENTY: Duration = Duration::from_secs(20);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("echo", "a server on the loopback interface, and a thousand connections at once")
        .story(
            "A task for each connection, or a thread for each. And clients that send nothing, do \
             not read, or reset the connection.",
        )
        .source("coroutines/src/echo/")
        .python("echo_server")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 5] {
    let (clients, messages) = (options.connections, u64::from(options.messages));
    let limits = Limits { connections: clients as usize, idle: Some(PLENTY) };
    let limit = Duration::from_secs(60) + Duration::from_millis(u64::from(clients) * messages);
    [
        Variant::breaks("no-time-limit", || checked(no_timeout()))
            .story("Four idle connections hold all four permits; the fifth is not accepted."),
        Variant::holds("time-limit", || checked(bad_clients()))
            .story("An idle or unread connection is closed after a timeout: its permit is free."),
        Variant::holds("stopped", || checked(stopped()))
            .story("A token stops accepting; connections answer what has arrived, and are closed."),
        Variant::holds("tasks", move || {
            checked(tasks::start(limits).and_then(|server| crowd(server, clients, messages)))
        })
        .story("A task for each connection, all of them on one thread, which waits by epoll.")
        .within(limit),
        Variant::holds("threads", move || {
            checked(threads::start(limits).and_then(|server| crowd(server, clients, messages)))
        })
        .story("A thread for each connection, with blocking reads and socket timeouts.")
        .within(limit),
    ]
}

/// Occupies all four places by idle connections.
fn no_timeout() -> io::Result<Report> {
    let server = tasks::start(Limits { connections: 4, idle: None })?;
    let address = server.address();
    let waited = block_on(async {
        with_descriptors(5)?;
        let mut idle = Vec::new();
        for _ in 0..4 {
            idle.push(clients::connect(address).await?);
        }
        let answer = wait("answer", clients::visit(address, 1));
        let served = lane::task("client", tokio::time::timeout(IDLE, answer)).await;
        drop(idle);
        io::Result::Ok(served.is_err())
    })?;
    server.stop();
    if !waited {
        return Err(io::Error::other("the fifth client was served"));
    }
    Ok(Report::new("4 places, 4 idle connections; the 5th client waits"))
}

/// Serves clients of every kind, with a timeout.
fn bad_clients() -> io::Result<Report> {
    let server = tasks::start(Limits { connections: 4, idle: Some(IDLE) })?;
    let address = server.address();
    let (good, sent) = block_on(async {
        with_descriptors(12)?;
        let silent = [(); 2].map(|()| tokio::spawn(clients::silent(address)));
        let never_reads = tokio::spawn(clients::never_reads(address));
        clients::resets(address).await?;
        let good = [(); 8].map(|()| tokio::spawn(clients::reconnects(address, 10)));
        let mut well = 0;
        for client in good {
            well += u32::from(client.await.is_ok());
        }
        for client in silent {
            client.await.map_err(io::Error::other)??;
        }
        io::Result::Ok((well, never_reads.await.map_err(io::Error::other)??))
    })?;
    let served = server.stop();
    if good != 8 || served.idle + served.broke < 4 {
        return Err(io::Error::other(format!("{good} of 8 were served; {served:?}")));
    }
    let sent = format!("the one that does not read sent {} bytes", count(sent));
    Ok(Report::new("4 bad clients were closed, and the 8 others served")
        .fact("back-pressure", sent))
}

/// Stops a server in the middle of its work.
fn stopped() -> io::Result<Report> {
    const CLIENTS: u32 = 50;
    let server = tasks::start(Limits { connections: CLIENTS as usize, idle: Some(PLENTY) })?;
    let (address, mut served) = (server.address(), Served::default());
    let answered = block_on(async {
        with_descriptors(CLIENTS)?;
        clients::in_mid_request(address, CLIENTS, || served = server.stop()).await
    })?;
    if answered != CLIENTS || served.stopped != CLIENTS {
        return Err(io::Error::other(format!("{answered} of {CLIENTS} were answered; {served:?}")));
    }
    Ok(Report::new(format!("told to stop: all {CLIENTS} messages answered, then closed")))
}

/// Has a crowd of clients served.
fn crowd(server: Server, clients: u32, messages: u64) -> io::Result<Report> {
    let address = server.address();
    let crowd = block_on(async {
        with_descriptors(clients)?;
        clients::crowd(address, clients, messages).await
    });
    let served = server.stop();
    let crowd = crowd.map_err(|error| match served.refused {
        0 => error,
        refused => io::Error::other(format!(
            "the system has no room for the threads of {refused} connections: raise the limit \
             (ulimit -u)"
        )),
    })?;
    let all = u64::from(clients) * (messages + 1) * clients::MESSAGE as u64;
    if served.bytes != all {
        let said = format!("{all} bytes were sent, and {} sent back", served.bytes);
        return Err(io::Error::other(said));
    }
    let rate = (f64::from(clients) * messages as f64 / crowd.exchanged.as_secs_f64()) as u64;
    let known = |number: Option<u64>, unit: &str| {
        number.map_or("not shown here".to_owned(), |number| format!("{}{unit}", count(number)))
    };
    let connected = crowd.connected.as_secs_f64() * 1e3;
    let connections = if clients == 1 { "connection" } else { "connections" };
    let line =
        format!("{} {connections} at once, and every message answered", count(clients.into()));
    let rate = format!("connected after {connected:.0} ms, then {} messages/s", count(rate));
    let [threads, memory] = [known(crowd.threads, ""), known(crowd.memory, " bytes")];
    let process = format!("{threads} threads; {memory} a connection");
    Ok(Report::new(line).fact("measured", rate).fact("this process", process))
}
