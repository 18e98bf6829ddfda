//! A task for each connection, and one thread for all of them.

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

use super::{BUFFER, End, LANES, Limits, Served, Server};
use crate::lane::{self, wait_if};

/// The time without a message after which a connection is closed once the server is told to stop.
const QUIET: Duration = Duration::from_millis(50);

/// Starts a server on a free port of the loopback interface.
///
/// # Errors
/// The system has no room for it.
pub fn start(limits: Limits) -> io::Result<Server> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    let (address, stop) = (listener.local_addr()?, CancellationToken::new());
    let serving = serve(listener, limits, stop.clone());
    Server::start(address, stop.drop_guard(), move || runtime.block_on(serving))
}

/// Accepts connections until it is told to stop, then waits for those that it has.
async fn serve(listener: TcpListener, limits: Limits, stop: CancellationToken) -> Served {
    let permits = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    let mut served = Served::default();
    for number in 0.. {
        // First a permit, then a connection: without one, it waits in the kernel's queue, and takes
        // nothing of this process.
        let accepted = async {
            let permit = Arc::clone(&permits).acquire_owned().await.expect("it is never closed");
            (permit, listener.accept().await)
        };
        let (permit, stream) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        let Ok((stream, _)) = stream else {
            // No descriptor is left, or the client is gone already: neither is a reason to end.
            // Others may be closed meanwhile.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let stop = stop.clone();
        // The others record nothing, as in the other server: the two are compared.
        let has_lane = number < LANES;
        let body = async move {
            let ended = connection(stream, limits.idle, stop, has_lane).await;
            drop(permit);
            ended
        };
        if has_lane {
            connections.spawn(lane::task(&format!("conn{number}"), body));
        } else {
            connections.spawn(body);
        }
        while let Some(ended) = connections.try_join_next() {
            served.count(ended.expect("no connection panics"));
        }
    }
    drop(listener);
    while let Some(ended) = connections.join_next().await {
        served.count(ended.expect("no connection panics"));
    }
    served
}

/// Serves one connection to its end; returns how it ended, and how many bytes were sent back.
async fn connection(
    mut stream: TcpStream,
    mut idle: Option<Duration>,
    stop: CancellationToken,
    has_lane: bool,
) -> (End, u64) {
    let (mut buffer, mut bytes, mut at_end) = ([0; BUFFER], 0, End::Idle);
    loop {
        let read = tokio::select! {
            read = limited(idle, wait_if(has_lane, "message", stream.read(&mut buffer))) => read,
            // Cancellation safe: a read that is dropped has read nothing. What has arrived is read
            // in the next rounds, and then it is quiet.
            () = stop.cancelled(), if at_end == End::Idle => {
                (idle, at_end) = (Some(QUIET), End::Stopped);
                continue;
            }
        };
        let length = match read {
            None => return (at_end, bytes),
            Some(Err(_)) => return (End::Broke, bytes),
            Some(Ok(0)) => return (End::Left, bytes),
            Some(Ok(length)) => length,
        };
        // Nothing more is read before this is written.
        match limited(idle, wait_if(has_lane, "room", stream.write_all(&buffer[..length]))).await {
            None => return (at_end, bytes),
            Some(Err(_)) => return (End::Broke, bytes),
            Some(Ok(())) => bytes += length as u64,
        }
    }
}

async fn limited<F: Future>(limit: Option<Duration>, future: F) -> Option<F::Output> {
    match limit {
        Some(limit) => timeout(limit, future).await.ok(),
        None => Some(future.await),
    }
}
