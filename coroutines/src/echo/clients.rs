//! The clients of the echo servers: many that behave well, and some that do not.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The length of a message.
pub const MESSAGE: usize = 64;
/// The number of connections that are made concurrently: the kernel's queue for those that are not
/// accepted yet is short.
const AT_ONCE: usize = 64;

/// Sends one message, and reads it back; fails if something else came back.
async fn exchange(stream: &mut TcpStream, number: u64) -> io::Result<()> {
    let message = [number.to_le_bytes(); MESSAGE / 8].concat();
    stream.write_all(&message).await?;
    answered(stream, &message).await
}

async fn answered(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let mut answer = [0; MESSAGE];
    stream.read_exact(&mut answer).await?;
    if answer == message { Ok(()) } else { Err(io::Error::other("something else came back")) }
}

/// Connects and exchanges a message, so that the connection is known to be accepted.
///
/// # Errors
/// It is not served.
pub async fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(server).await?;
    exchange(&mut stream, 0).await?;
    Ok(stream)
}

/// Connects, exchanges messages, and closes the connection.
///
/// # Errors
/// It is not served.
pub async fn visit(server: SocketAddr, messages: u64) -> io::Result<()> {
    let mut stream = connect(server).await?;
    for number in 1..messages {
        exchange(&mut stream, number).await?;
    }
    Ok(())
}

/// Does the same, and reconnects while it is taken for an idle one: on a busy machine, it may be.
pub async fn reconnects(server: SocketAddr, messages: u64) {
    while visit(server, messages).await.is_err() {}
}

/// What a crowd of clients has measured.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// The time until all were connected and had their first answer.
    pub connected: Duration,
    /// The time that all further messages took.
    pub exchanged: Duration,
    /// The number of threads that this process had then.
    pub threads: Option<u64>,
    /// The bytes by which this process had grown for each connection, both ends of it together.
    pub memory: Option<u64>,
}

/// Connects clients that all stay connected; each exchanges messages after its first one.
///
/// # Errors
/// One was not served.
///
/// # Panics
/// Outside of tokio's runtime.
pub async fn crowd(server: SocketAddr, clients: u32, messages: u64) -> io::Result<Crowd> {
    let (began, before) = (Instant::now(), memory());
    let streams: Vec<_> = stream::iter(0..clients)
        .map(|_| connect(server))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let (connected, threads) = (began.elapsed(), status("Threads:"));
    let grown =
        memory().zip(before).map(|(now, before)| now.saturating_sub(before) / u64::from(clients));
    let began = Instant::now();
    let mut all = JoinSet::new();
    for mut stream in streams {
        all.spawn(async move {
            for number in 0..messages {
                exchange(&mut stream, number).await?;
            }
            io::Result::Ok(stream)
        });
    }
    // All stay until the last one is done.
    let done: io::Result<Vec<_>> = all.join_all().await.into_iter().collect();
    done.map(|_| Crowd { connected, exchanged: began.elapsed(), threads, memory: grown })
}

/// Connects clients, each of which sends a message; `then` is called before any answer is read.
/// Returns how many were answered, and saw the connection closed in order.
///
/// # Errors
/// One could not connect.
///
/// # Panics
/// Outside of tokio's runtime.
pub async fn in_mid_request(
    server: SocketAddr,
    clients: u32,
    then: impl FnOnce(),
) -> io::Result<u32> {
    let mut streams = Vec::new();
    for _ in 0..clients {
        streams.push(connect(server).await?);
    }
    for stream in &mut streams {
        stream.write_all(&[7; MESSAGE]).await?;
    }
    then();
    let mut answered = 0;
    for stream in &mut streams {
        let whole = self::answered(stream, &[7; MESSAGE]).await.is_ok();
        answered += u32::from(whole && matches!(stream.read(&mut [0]).await, Ok(0)));
    }
    Ok(answered)
}

/// Connects and sends nothing; returns once the server has closed the connection.
///
/// # Errors
/// It could not connect.
pub async fn silent(server: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    let _ = stream.read(&mut [0]).await;
    Ok(())
}

/// Sends and never reads; returns how many bytes it has sent until the server closed the
/// connection.
///
/// # Errors
/// It could not connect.
pub async fn never_reads(server: SocketAddr) -> io::Result<u64> {
    let mut stream = TcpStream::connect(server).await?;
    let mut sent = 0;
    while let Ok(length) = stream.write(&[0; 4096]).await {
        sent += length as u64;
    }
    Ok(sent)
}

/// Sends a message and resets the connection.
///
/// # Errors
/// It could not connect.
pub async fn resets(server: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    // If it is too slow for the server, the connection is closed before.
    let _ = exchange(&mut stream, 0).await;
    stream.set_zero_linger()
}

/// Returns a number from this process's status, where the system shows it.
fn status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// Returns the resident memory of this process, in bytes.
fn memory() -> Option<u64> {
    status("VmRSS:").map(|kib| kib * 1024)
}
