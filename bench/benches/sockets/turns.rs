//! The turns: each contender has a round, and then each its next one.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};

mod clients;
mod servers;

use clients::{Clients, Round};
use servers::Server;

const CONNECTIONS: [usize; 3] = [10, 100, 1000];
const TURNS: usize = 31;
/// With whom the others are compared.
const MEASURE: &str = "tokio, current thread";

struct Contender {
    name: String,
    clients: Clients,
    /// By how much the server has grown for each connection, in bytes.
    memory: Option<u64>,
    server: Server,
}

fn contenders(connections: usize) -> Vec<Contender> {
    let start = |(name, mut command): (String, _)| {
        let server = Server::start(&name, &mut command)?;
        // What it needs once is there after its first connection.
        drop(Clients::connect(&server, 1));
        let before = server.memory();
        let mut clients = Clients::connect(&server, connections);
        clients.round(2 * connections);
        let grown = server.memory().zip(before).map(|(now, before)| now.saturating_sub(before));
        let memory = grown.map(|bytes| bytes / connections as u64);
        Some(Contender { name, clients, memory, server })
    };
    servers::contenders().into_iter().filter_map(start).collect()
}

/// Returns the quarter, the half and three quarters of the values.
fn quarters(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

/// The number of messages of a round; it is large, so how a round begins matters little.
fn messages(connections: usize) -> usize {
    (4 * connections).max(4_000)
}

/// Prints what came out of turns that all contenders took.
fn table(connections: usize, contenders: &mut [Contender], turns: usize) {
    let messages = messages(connections);
    let mut rounds: Vec<Vec<Round>> = contenders.iter().map(|_| Vec::new()).collect();
    let busy: Vec<_> = contenders.iter().map(|contender| contender.server.busy()).collect();
    for _ in 0..turns {
        for (contender, rounds) in contenders.iter_mut().zip(&mut rounds) {
            rounds.push(contender.clients.round(messages));
        }
    }
    let measure = contenders.iter().position(|contender| contender.name == MEASURE);
    let measure = measure.expect("it needs no Python");
    eprintln!(
        "\nsockets/{connections:<16} messages/s          to tokio     p50 µs     p99 µs          \
         to tokio  cpu µs   bytes"
    );
    for ((contender, own), busy) in contenders.iter().zip(&rounds).zip(busy) {
        // The quieter quarter, in µs, and by how much half of the turns differ from their median.
        let quiet = |of: fn(&Round) -> Duration| {
            let [low, half, high] = quarters(own.iter().map(|round| of(round).as_secs_f64()));
            (low * 1e6, format!("± {:.0} %", (high - low) / 2.0 / half * 100.0))
        };
        let to_tokio = |of: fn(&Round, &Round) -> f64| {
            let pairs = own.iter().zip(&rounds[measure]);
            let [low, ratio, high] = quarters(pairs.map(|(one, tokio)| of(one, tokio)));
            format!("{ratio:.2} ({low:.2}–{high:.2})")
        };
        let all = (turns * messages) as f64;
        let [took, p50, p99] = [quiet(|it| it.took), quiet(|it| it.p50), quiet(|it| it.p99)];
        let memory = contender.memory.map_or("?".to_owned(), |bytes| bytes.to_string());
        eprintln!(
            "  {:<22} {:>5.0} {} {:>17} {:>4.0} {} {:>4.0} {} {:>17} {:>7.2} {memory:>7}",
            contender.name,
            messages as f64 / took.0 * 1e6,
            took.1,
            to_tokio(|one, tokio| tokio.took.as_secs_f64() / one.took.as_secs_f64()),
            p50.0,
            p50.1,
            p99.0,
            p99.1,
            to_tokio(|one, tokio| one.p99.as_secs_f64() / tokio.p99.as_secs_f64()),
            (contender.server.busy() - busy).as_secs_f64() * 1e6 / all,
        );
    }
}

/// Returns a group whose contenders are timed for half a second each: the table has measured them.
fn short(criterion: &mut Criterion, name: String) -> BenchmarkGroup<'_, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_millis(500));
    group
}

fn sockets(criterion: &mut Criterion) {
    let is = |name| std::env::args().any(|argument| argument == name);
    servers::raise_the_limit();
    for connections in CONNECTIONS {
        let mut contenders = contenders(connections);
        if !is("--list") && !is("--quick") {
            table(connections, &mut contenders, if is("--test") { 1 } else { TURNS });
        }
        let mut group = short(criterion, format!("sockets/{connections}"));
        for contender in &mut contenders {
            group.bench_function(&contender.name, |bencher| {
                bencher.iter_custom(|times| {
                    let messages = messages(connections).max(times as usize);
                    let took = contender.clients.round(messages).took;
                    took.mul_f64(times as f64 / messages as f64)
                });
            });
        }
        group.finish();
        let mut group = short(criterion, format!("sockets/{connections}, p99"));
        for contender in &mut contenders {
            group.bench_function(&contender.name, |bencher| {
                bencher.iter_custom(|times| {
                    contender.clients.round(messages(connections)).p99.mul_f64(times as f64)
                });
            });
        }
    }
}

pub(crate) fn main() {
    // Started as a server, this is one.
    servers::enter();
    bench::run!(sockets);
}
