//! The guests of the echo servers: a crowd that behaves well, and some that do not.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long a message is.
pub const MESSAGE: usize = 64;
/// So many connections are made at once: the kernel's queue for those that are not accepted yet is
/// short.
const AT_ONCE: usize = 64;

/// Sends one message, and reads it back.
///
/// # Errors
/// The connection is closed, or something else came back.
pub async fn exchange(stream: &mut TcpStream, number: u64) -> io::Result<()> {
    let message = [number.to_le_bytes(); MESSAGE / 8].concat();
    stream.write_all(&message).await?;
    answered(stream, &message).await
}

async fn answered(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let mut answer = [0; MESSAGE];
    stream.read_exact(&mut answer).await?;
    if answer == message { Ok(()) } else { Err(io::Error::other("something else came back")) }
}

/// Connects and exchanges a message: the connection has been accepted.
///
/// # Errors
/// As [`exchange`].
pub async fn arrive(server: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(server).await?;
    exchange(&mut stream, 0).await?;
    Ok(stream)
}

/// Connects, exchanges so many messages, and leaves.
///
/// # Errors
/// As [`exchange`].
pub async fn visit(server: SocketAddr, messages: u64) -> io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    for number in 0..messages {
        exchange(&mut stream, number).await?;
    }
    Ok(())
}

/// Does the same, and comes again for as long as it is taken for one that is idle: on a busy
/// machine, it may seem to be.
pub async fn comes_again(server: SocketAddr, messages: u64) {
    while visit(server, messages).await.is_err() {}
}

/// Says what a crowd saw.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// How long it took until all were connected and had their first answer.
    pub connected: Duration,
    /// How long all further messages took.
    pub exchanged: Duration,
    /// How many threads this process had then.
    pub threads: Option<u64>,
    /// By how many bytes this process had grown for each connection, both ends of it together.
    pub memory: Option<u64>,
}

/// Connects so many guests, who all stay; each exchanges so many messages after its first one.
///
/// # Errors
/// Someone was not served.
///
/// # Panics
/// Outside of tokio's runtime.
pub async fn crowd(server: SocketAddr, guests: u32, messages: u64) -> io::Result<Crowd> {
    let (began, before) = (Instant::now(), memory());
    let streams: Vec<_> = stream::iter(0..guests)
        .map(|_| arrive(server))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let (connected, threads) = (began.elapsed(), status("Threads:"));
    let grown =
        memory().zip(before).map(|(now, before)| now.saturating_sub(before) / u64::from(guests));
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

/// Connects so many guests, each of which sends a message; `then` is done before any answer is
/// read. Returns how many were answered, and saw the connection closed in order.
///
/// # Errors
/// Someone could not connect.
///
/// # Panics
/// Outside of tokio's runtime.
pub async fn in_the_middle(
    server: SocketAddr,
    guests: u32,
    then: impl FnOnce(),
) -> io::Result<u32> {
    let mut streams = Vec::new();
    for _ in 0..guests {
        streams.push(arrive(server).await?);
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

/// Connects and says nothing; returns once the server has closed the connection.
///
/// # Errors
/// It could not connect.
pub async fn silent(server: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    let _ = stream.read(&mut [0]).await;
    Ok(())
}

/// Sends and never listens; returns how many bytes it got rid of until the server closed the
/// connection.
///
/// # Errors
/// It could not connect.
pub async fn deaf(server: SocketAddr) -> io::Result<u64> {
    let mut stream = TcpStream::connect(server).await?;
    let mut sent = 0;
    while let Ok(length) = stream.write(&[0; 4096]).await {
        sent += length as u64;
    }
    Ok(sent)
}

/// Sends a message and breaks the connection off, without an end in order.
///
/// # Errors
/// It could not connect.
pub async fn breaks_off(server: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    // If it is too slow for the server, it is closed before it breaks off.
    let _ = exchange(&mut stream, 0).await;
    stream.set_zero_linger()
}

/// Reads a number of this process, where the system shows it.
fn status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// Reads how much memory this process has in use.
fn memory() -> Option<u64> {
    status("VmRSS:").map(|kib| kib * 1024)
}
