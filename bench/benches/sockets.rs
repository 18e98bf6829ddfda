//! An echo of 64 bytes over 10, 100 and 1000 connections of the loopback interface at once:
//! `sockets/CONNECTIONS/CONTENDER`, in ns a message there and back, all connections together.
//!
//! Each server is a process of its own. This process has the clients: one thread, the same for all
//! servers, which keeps one message under way on each connection and waits by epoll. `p99` is the
//! time that 99 of 100 messages took at the most, there and back, and no rate.
//!
//! A table comes first, in which the contenders take turns: each has one round, then each its next
//! one. What stands in it is the median of the turns; `to tokio` compares with tokio in the same
//! turn, with the quarter and three quarters of those ratios. Memory is by how much the server's
//! resident pages have grown for each connection; what the kernel keeps for a socket or a thread is
//! not in it.
//!
//! Why it is fair: all servers read into 512 bytes and write back what they have read, with
//! `TCP_NODELAY`. `ours` is the topic's executor with its reactor (`coroutines/src/executor`);
//! tokio is its current-thread runtime; `threads` are the system's, one for each connection, with
//! blocking calls. `asyncio` has streams, as its documentation shows them. On a machine of two
//! cores, the clients have one and the server the other; threads have both.

use std::time::Duration;

use criterion::Criterion;

#[path = "sockets/clients.rs"]
mod clients;
#[path = "sockets/servers.rs"]
mod servers;

use clients::{Clients, Round};
use servers::{NAMES, Server};

const CONNECTIONS: [usize; 3] = [10, 100, 1000];
const TURNS: usize = 15;
/// With whom the others are compared.
const MEASURE: &str = "tokio, current thread";

struct Contender {
    name: &'static str,
    clients: Clients,
    /// By how much the server has grown for each connection, in bytes.
    memory: Option<u64>,
    _server: Server,
}

fn contenders(connections: usize) -> Vec<Contender> {
    let start = |name| {
        let server = Server::start(name)?;
        // What it needs once is there after its first connection.
        drop(Clients::connect(&server, 1));
        let before = server.memory();
        let mut clients = Clients::connect(&server, connections);
        clients.round(2 * connections);
        let grown = server.memory().zip(before).map(|(now, before)| now.saturating_sub(before));
        let memory = grown.map(|bytes| bytes / connections as u64);
        Some(Contender { name, clients, memory, _server: server })
    };
    NAMES.into_iter().filter_map(start).collect()
}

fn median<T: Copy>(values: &mut [T], by: impl Fn(T) -> f64, quarter: usize) -> f64 {
    values.sort_by(|one, other| by(*one).total_cmp(&by(*other)));
    by(values[values.len() * quarter / 4])
}

/// Prints what came out of turns that all contenders took.
fn table(connections: usize, contenders: &mut [Contender], turns: usize) {
    let messages = (5 * connections).max(4_000);
    let mut rounds: Vec<Vec<Round>> = contenders.iter().map(|_| Vec::new()).collect();
    for _ in 0..turns {
        for (contender, rounds) in contenders.iter_mut().zip(&mut rounds) {
            rounds.push(contender.clients.round(messages));
        }
    }
    let measure = contenders.iter().position(|contender| contender.name == MEASURE);
    let measure = measure.expect("it needs no Python");
    eprintln!(
        "\nsockets/{connections:<16} messages/s       to tokio   p50 µs   p99 µs       to tokio  bytes"
    );
    for (contender, own) in contenders.iter().zip(&rounds) {
        let ratios = |of: fn(&Round) -> f64| {
            let pairs = own.iter().zip(&rounds[measure]);
            let mut ratios: Vec<_> = pairs.map(|(one, other)| of(one) / of(other)).collect();
            [1, 2, 3].map(|quarter| median(&mut ratios, |ratio| ratio, quarter))
        };
        let one = |of: fn(&Round) -> Duration| {
            median(&mut own.iter().collect::<Vec<_>>(), |round| of(round).as_secs_f64(), 2)
        };
        let rate = messages as f64 / one(|round| round.took);
        let (p50, p99) = (one(|round| round.p50) * 1e6, one(|round| round.p99) * 1e6);
        let [low, faster, high] = ratios(|round| 1.0 / round.took.as_secs_f64());
        let [low99, slower, high99] = ratios(|round| round.p99.as_secs_f64());
        let memory = contender.memory.map_or("?".to_owned(), |bytes| bytes.to_string());
        eprintln!(
            "  {:<22} {rate:>10.0}  {faster:.2} ({low:.2}–{high:.2}) {p50:>8.0} {p99:>8.0}  \
             {slower:.2} ({low99:.2}–{high99:.2}) {memory:>6}",
            contender.name
        );
    }
}

fn sockets(criterion: &mut Criterion) {
    let is = |name| std::env::args().any(|argument| argument == name);
    servers::raise_the_limit();
    for connections in CONNECTIONS {
        let mut contenders = contenders(connections);
        if !is("--list") {
            table(connections, &mut contenders, if is("--test") { 1 } else { TURNS });
        }
        let at_least = 10 * connections;
        let mut group = criterion.benchmark_group(format!("sockets/{connections}"));
        group.sample_size(10).warm_up_time(Duration::from_millis(100));
        group.measurement_time(Duration::from_millis(500));
        for contender in &mut contenders {
            group.bench_function(contender.name, |bencher| {
                bencher.iter_custom(|times| {
                    let messages = at_least.max(times as usize);
                    let took = contender.clients.round(messages).took;
                    took.mul_f64(times as f64 / messages as f64)
                });
            });
        }
        group.finish();
        let mut group = criterion.benchmark_group(format!("sockets/{connections}, p99"));
        group.sample_size(10).warm_up_time(Duration::from_millis(100));
        group.measurement_time(Duration::from_millis(500));
        for contender in &mut contenders {
            group.bench_function(contender.name, |bencher| {
                bencher.iter_custom(|times| {
                    contender.clients.round(at_least).p99.mul_f64(times as f64)
                });
            });
        }
    }
}

fn main() {
    // Started as a server, this is one.
    servers::enter();
    bench::run!(sockets);
}
