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
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::lane::{self, wait_if};

mod threads;

pub use crate::loopback::{End, Ended, Served, Server, clients};
pub use threads::threads;

/// The size of the buffer for a read.
const BUFFER: usize = 512;
/// The number of connections that have a lane. The others record nothing, on either server: the two
/// are compared.
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
    Server::start(address, guard, move |ended| {
        runtime.block_on(accept(listener, most, idle, stop, ended));
    })
}

/// Accepts connections until the server is told to stop, and waits until all are closed.
async fn accept(
    listener: TcpListener,
    most: usize,
    idle: Duration,
    stop: CancellationToken,
    ended: Ended,
) {
    let (permits, connections) = (Arc::new(Semaphore::new(most)), TaskTracker::new());
    for number in 0.. {
        // First a permit, then a connection: without one, it waits in the kernel's queue, and takes
        // nothing of this process.
        let accepted = async {
            let permit = Arc::clone(&permits).acquire_owned().await.expect("it is never closed");
            (permit, listener.accept().await)
        };
        let Some((permit, accepted)) = stop.run_until_cancelled(accepted).await else { break };
        let Ok((mut stream, _)) = accepted else {
            // No descriptor is left, or the client is gone already: neither is a reason to end.
            // Others may be closed meanwhile.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let (stop, ended, has_lane) = (stop.clone(), ended.clone(), number < LANES);
        let body = async move {
            let (_permit, mut bytes) = (permit, 0);
            let done = connection(&mut stream, idle, &stop, has_lane, &mut bytes).await;
            ended.tell(End::of(done, stop.is_cancelled()), bytes);
        };
        match has_lane {
            true => connections.spawn(lane::task(&format!("conn{number}"), body)),
            false => connections.spawn(body),
        };
    }
    drop(listener);
    connections.close();
    connections.wait().await;
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
            read = timeout(idle, wait_if(has_lane, "a message", stream.read(&mut buffer))) => {
                read??
            }
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
