#!/usr/bin/env bash
# bb8 0.9.1: where every connection is refused, `get` waits for the whole `connection_timeout` (30 s by default) and says "timed out"; with
# `retry_connection(false)`, too, though it tries once and then does nothing. deadpool 0.13.1 gives the refusal, at once.
# Guess: without retries `get` fails at once, with the error of the one attempt; the documentation of `retry_connection` says "let the pool error out".
# Why: a connection is made by a task of the pool, and `get` waits for one that is idle. What has become of the attempt the waiting tasks are not told; the
#   option ends that task, and nothing begins another before somebody asks again. The error goes to `error_sink`, which by default drops it. So a wrong
#   password looks like a pool that is too small, and a server that is down costs each request the whole time limit.
# Source: bb8's src/inner.rs (`add_connection`, `spawn_start_connections`, `get`); documentation of `bb8::Builder::retry_connection`.
. "$(dirname "$0")/run.bash"
rust 'bb8 = "=0.9.1"' 'deadpool = { version = "=0.13.1", features = ["rt_tokio_1"] }' 'tokio = { version = "=1.54.1", features = ["macros", "rt", "time"] }' <<'RUST'
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use deadpool::managed;

const LIMIT: Duration = Duration::from_secs(2);

/// Refuses each connection, and counts them.
#[derive(Clone, Default)]
struct Refuses(Arc<AtomicUsize>);

impl Refuses {
    fn connect(&self) -> Result<(), std::io::Error> {
        self.0.fetch_add(1, SeqCst);
        Err(std::io::Error::other("wrong password"))
    }
}

impl bb8::ManageConnection for Refuses {
    type Connection = ();
    type Error = std::io::Error;

    async fn connect(&self) -> Result<(), std::io::Error> {
        Refuses::connect(self)
    }

    async fn is_valid(&self, (): &mut ()) -> Result<(), std::io::Error> {
        Ok(())
    }

    fn has_broken(&self, (): &mut ()) -> bool {
        false
    }
}

impl managed::Manager for Refuses {
    type Type = ();
    type Error = std::io::Error;

    async fn create(&self) -> Result<(), std::io::Error> {
        self.connect()
    }

    async fn recycle(&self, (): &mut (), _: &managed::Metrics) -> managed::RecycleResult<std::io::Error> {
        Ok(())
    }
}

fn tell(name: &str, begun: Instant, outcome: Result<(), String>, attempts: &Refuses) {
    let when = if begun.elapsed() < LIMIT / 2 { "at once" } else { "at the time limit" };
    let attempts = if attempts.0.load(SeqCst) == 1 { "one attempt" } else { "several attempts" };
    println!("{name}: {}, {when}, {attempts}", outcome.unwrap_err());
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for retry in [true, false] {
        let refuses = Refuses::default();
        let builder = bb8::Pool::builder().connection_timeout(LIMIT).retry_connection(retry);
        let pool = builder.build_unchecked(refuses.clone());
        let begun = Instant::now();
        let outcome = pool.get().await.map(drop).map_err(|error| error.to_string());
        tell(&format!("bb8, retry_connection({retry})"), begun, outcome, &refuses);
    }
    let refuses = Refuses::default();
    let pool = managed::Pool::<Refuses>::builder(refuses.clone()).build().unwrap();
    let begun = Instant::now();
    let outcome = pool.get().await.map(drop).map_err(|error| error.to_string());
    tell("deadpool", begun, outcome, &refuses);
}
RUST
holds <<'END'
bb8, retry_connection(true): Timed out in bb8, at the time limit, several attempts
bb8, retry_connection(false): Timed out in bb8, at the time limit, one attempt
deadpool: Error occurred while creating a new object: wrong password, at once, one attempt
END
