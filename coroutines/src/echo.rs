//! A server that sends back what it is sent: a task for each connection ([`tasks`]), or a thread
//! ([`threads`]). Its clients are [`clients`]: many that behave well, and some that behave badly.
//!
//! What makes a server of it is not the echo. It answers before it reads on, so that a client that
//! does not read its answers is not read from either (back-pressure). A connection that is idle, or
//! not read from, is closed after a timeout. A reset ends its own connection alone. And a server
//! that is told to stop answers first what has arrived.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::lane::{self, wait_if};

pub mod clients;
#[cfg(target_os = "linux")]
pub mod ours;
mod server;
mod threads;

pub use server::{End, Served, Server};
pub use threads::threads;

/// The size of the buffer for a read.
const BUFFER: usize = 512;
/// The number of connections that have a lane.
const LANES: usize = 6;
/// The time without a message after which a task that is told to stop closes its connection.
const QUIET: Duration = Duration::from_millis(50);

/// Starts a server on a free port of the loopback interface: a task for each connection, and one
/// thread for all of them. `most` are served at once; others wait to be accepted. One without a
/// message, or without room for an answer, is closed after the time `idle`.
///
/// # Errors
/// The system has no room for it.
pub fn tasks(most: usize, idle: Duration) -> io::Result<Server> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    let (address, stop) = (listener.local_addr()?, CancellationToken::new());
    let guard = stop.clone().drop_guard();
    let serve = async move {
        let (permits, mut connections) = (Arc::new(Semaphore::new(most)), JoinSet::new());
        let mut served = Served::default();
        for number in 0.. {
            // First a permit, then a connection: without one, it waits in the kernel's queue, and takes
            // nothing of this process.
            let accepted = async {
                let permit =
                    Arc::clone(&permits).acquire_owned().await.expect("it is never closed");
                (permit, listener.accept().await)
            };
            let (permit, stream) = tokio::select! {
                () = stop.cancelled() => break,
                accepted = accepted => accepted,
            };
            let Ok((mut stream, _)) = stream else {
                // No descriptor is left, or the client is gone already: neither is a reason to end.
                // Others may be closed meanwhile.
                sleep(Duration::from_millis(10)).await;
                continue;
            };
            // The others record nothing, as in the other server: the two are compared.
            let (stop, has_lane) = (stop.clone(), number < LANES);
            let body = async move {
                let mut bytes = 0;
                let done = connection(&mut stream, idle, &stop, has_lane, &mut bytes).await;
                drop(permit);
                (End::of(done, stop.is_cancelled()), bytes)
            };
            match has_lane {
                true => connections.spawn(lane::task(&format!("conn{number}"), body)),
                false => connections.spawn(body),
            };
            while let Some(ended) = connections.try_join_next() {
                served.0.push(ended.expect("no connection panics"));
            }
        }
        drop(listener);
        served.0.extend(connections.join_all().await);
        served
    };
    Server::start(address, guard, move || runtime.block_on(serve))
}

/// Serves one connection to its end; counts the bytes that were sent back.
async fn connection(
    stream: &mut TcpStream,
    mut idle: Duration,
    stop: &CancellationToken,
    has_lane: bool,
    bytes: &mut u64,
) -> io::Result<()> {
    let (mut buffer, mut stopped) = ([0; BUFFER], false);
    loop {
        let length = tokio::select! {
            read = timeout(idle, wait_if(has_lane, "message", stream.read(&mut buffer))) => read??,
            // Cancellation safe: a read that is dropped has read nothing. What has arrived is read
            // in the next rounds, and then it is quiet.
            () = stop.cancelled(), if !stopped => {
                (idle, stopped) = (QUIET, true);
                continue;
            }
        };
        if length == 0 {
            return Ok(());
        }
        // Nothing more is read before this is written.
        timeout(idle, wait_if(has_lane, "room", stream.write_all(&buffer[..length]))).await??;
        *bytes += length as u64;
    }
}
