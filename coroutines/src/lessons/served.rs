//! The lesson of the echo server.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use coroutines::echo::{Limits, Served, Server, guests, tasks, threads};
use coroutines::lane::{self, wait};
use coroutines::tokio_runtime::block_on;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use stage::{Checked, Lesson, Report, Variant, grouped};

/// What `echo` can be told.
#[derive(clap::Args)]
pub(crate) struct Echo {
    /// Has so many connections open at once; each takes two descriptors, for both its ends are in
    /// this process
    #[arg(long, default_value_t = 1000.min(most()), value_parser = connections)]
    connections: u32,

    /// Exchanges so many messages over each
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    messages: u32,
}

/// Returns how many connections there can be: as many as there are descriptors for, without those
/// for other things.
fn most() -> u32 {
    let limit = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    u32::try_from(limit.saturating_sub(64) / 2).unwrap_or(u32::MAX).clamp(1, 20_000)
}

fn connections(given: &str) -> Result<u32, String> {
    let most = most();
    match given.parse() {
        Ok(count) if (1..=most).contains(&count) => Ok(count),
        _ => Err(format!(
            "{given} is not in 1..={most}, for which there are descriptors (see ulimit -Hn)"
        )),
    }
}

/// Asks for all the descriptors that this process may have, and makes sure that there are enough
/// for both ends of `connections`: a server that has none left accepts nobody, and its clients
/// would wait.
fn with_descriptors(connections: u32) -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    let all = (0..2 * connections).map(|_| io::stderr().as_fd().try_clone_to_owned());
    all.collect::<io::Result<Vec<_>>>().map(drop)
}

/// A guest is found idle after so long; on a busy machine also one that is none: it comes again.
const IDLE: Duration = Duration::from_millis(150);
/// Generous: it only ends a wait that would be in vain.
const PLENTY: Duration = Duration::from_secs(20);

pub(crate) fn echo() -> Lesson {
    Lesson::new("echo", "a server on the loopback interface, and a thousand connections at once")
        .story(
            "A task for each connection, or a thread for each. And guests that say nothing, do \
             not listen, or break off.",
        )
        .source("coroutines/src/echo/")
        .variants_with(echo_variants)
}

fn echo_variants(options: &Echo) -> Vec<Variant> {
    let (guests, messages) = (options.connections, u64::from(options.messages));
    let said =
        |result: io::Result<Report>| -> Checked { result.map_err(|error| error.to_string()) };
    let limits = Limits { connections: guests as usize, idle: Some(PLENTY) };
    let limit = Duration::from_secs(60) + Duration::from_millis(u64::from(guests) * messages);
    Vec::from([
        Variant::breaks("no-time-limit", move || kept_out().map_err(|error| error.to_string())?)
            .story(
                "A connection may be silent for ever: four of them hold all four permits, \
                 and the fifth is not accepted.",
            ),
        Variant::holds("time-limit", move || bad_guests().map_err(|error| error.to_string())?)
            .story(
                "A connection that is idle, or does not read, is closed after a timeout, \
                 and its permit is free again.",
            ),
        Variant::holds("stopped", move || stopped().map_err(|error| error.to_string())?).story(
            "A cancellation token stops accepting; each connection answers what has \
                 come, and is then closed.",
        ),
        Variant::holds("tasks", move || {
            said(tasks::start(limits).and_then(|server| crowd(server, guests, messages)))
        })
        .story(
            "A task for each connection, all of them on one thread, which waits for \
                 all sockets by epoll.",
        )
        .within(limit),
        Variant::holds("threads", move || {
            said(threads::start(limits).and_then(|server| crowd(server, guests, messages)))
        })
        .story(
            "A thread for each connection, with blocking reads, a stack and socket \
                 timeouts of its own.",
        )
        .within(limit),
    ])
}

/// Serves four silent guests, and no one else.
fn kept_out() -> io::Result<Checked> {
    let server = tasks::start(Limits { connections: 4, idle: None })?;
    let address = server.address();
    let waited = block_on(async {
        with_descriptors(5)?;
        let mut silent = Vec::new();
        for _ in 0..4 {
            silent.push(guests::arrive(address).await?);
        }
        let answer = wait("answer", guests::visit(address, 1));
        let guest = lane::task("guest", tokio::time::timeout(IDLE, answer)).await;
        drop(silent);
        io::Result::Ok(guest.is_err())
    })?;
    server.stop();
    if !waited {
        return Ok(Err("the guest was served".to_owned()));
    }
    Ok(Ok(Report::new("4 places, 4 silent guests; the 5th waits")))
}

/// Serves guests of every kind, with a limit to their patience.
fn bad_guests() -> io::Result<Checked> {
    let server = tasks::start(Limits { connections: 4, idle: Some(IDLE) })?;
    let address = server.address();
    let (good, sent) = block_on(async {
        with_descriptors(12)?;
        let silent = [(); 2].map(|()| tokio::spawn(guests::silent(address)));
        let deaf = tokio::spawn(guests::deaf(address));
        tokio::spawn(guests::breaks_off(address)).await.map_err(io::Error::other)??;
        let good = [(); 8].map(|()| tokio::spawn(guests::comes_again(address, 10)));
        let mut well = 0;
        for guest in good {
            well += u32::from(guest.await.is_ok());
        }
        for guest in silent {
            guest.await.map_err(io::Error::other)??;
        }
        io::Result::Ok((well, deaf.await.map_err(io::Error::other)??))
    })?;
    let Served { left, idle, broke, .. } = server.stop();
    if good != 8 || idle + broke < 4 {
        return Ok(Err(format!(
            "{good} of 8 were served; left {left}, idle {idle}, broke off {broke}"
        )));
    }
    let line = "4 bad guests were closed, and the 8 others served";
    Ok(Ok(Report::new(line)
        .fact("back-pressure", format!("the one that does not read sent {} bytes", count(sent)))))
}

/// Stops a server in the middle of its work.
fn stopped() -> io::Result<Checked> {
    const GUESTS: u32 = 50;
    let server = tasks::start(Limits { connections: GUESTS as usize, idle: Some(PLENTY) })?;
    let (address, mut served) = (server.address(), Served::default());
    let answered = block_on(async {
        with_descriptors(GUESTS)?;
        guests::in_the_middle(address, GUESTS, || served = server.stop()).await
    })?;
    if answered != GUESTS || served.stopped != GUESTS {
        return Ok(Err(format!("{answered} of {GUESTS} were answered; {served:?}")));
    }
    Ok(Ok(Report::new(format!("told to stop: all {GUESTS} messages answered, then closed"))))
}

fn count(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Has a crowd served.
fn crowd(server: impl Server, guests: u32, messages: u64) -> io::Result<Report> {
    let address = server.address();
    let crowd = block_on(async {
        with_descriptors(guests)?;
        guests::crowd(address, guests, messages).await
    });
    let served = server.stop();
    let crowd = crowd.map_err(|error| match served.refused {
        0 => error,
        refused => io::Error::other(format!(
            "the system has no room for the threads of {refused} connections: raise the limit \
             (ulimit -u)"
        )),
    })?;
    let all = u64::from(guests) * (messages + 1) * guests::MESSAGE as u64;
    if served.bytes != all {
        return Err(io::Error::other(format!(
            "{all} bytes were sent, and {} sent back",
            served.bytes
        )));
    }
    let seconds = crowd.exchanged.as_secs_f64();
    let rate = (f64::from(guests) * messages as f64 / seconds) as u64;
    let known = |number: Option<u64>, unit: &str| {
        number.map_or("not shown here".to_owned(), |number| format!("{}{unit}", count(number)))
    };
    let connected = crowd.connected.as_secs_f64() * 1e3;
    let connections = if guests == 1 { "connection" } else { "connections" };
    let line =
        format!("{} {connections} at once, and every message answered", count(guests.into()));
    let [threads, memory] = [known(crowd.threads, ""), known(crowd.memory, " bytes")];
    Ok(Report::new(line)
        .fact(
            "measured",
            format!("connected after {connected:.0} ms, then {} messages/s", count(rate)),
        )
        .fact("this process", format!("{threads} threads; {memory} a connection")))
}
