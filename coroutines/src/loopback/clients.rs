//! The clients of an echo server: many that behave well, and some that do not.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Served, Server};
use crate::lane::{self, wait};
use crate::tokio_runtime::block_on;

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
    /// The number of all further messages in a second.
    pub rate: u64,
    /// The number of threads that this process had then.
    pub threads: Option<u64>,
    /// The bytes by which this process had grown for each connection, both ends of it together.
    pub memory: Option<u64>,
}

/// Connects clients that all stay connected; each exchanges messages after its first one.
///
/// # Errors
/// One was not served.
pub fn crowd(server: SocketAddr, clients: u32, messages: u64) -> io::Result<Crowd> {
    block_on(async {
        let (began, before) = (Instant::now(), memory());
        let streams: Vec<_> = stream::iter(0..clients)
            .map(|_| connect(server))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let (connected, threads) = (began.elapsed(), status("Threads:"));
        let grown = memory()
            .zip(before)
            .map(|(now, before)| now.saturating_sub(before) / u64::from(clients));
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
        let rate = f64::from(clients) * messages as f64 / began.elapsed().as_secs_f64();
        done.map(|_| Crowd { connected, rate: rate as u64, threads, memory: grown })
    })
}

/// Connects clients, each of which sends a message, and stops the server before any answer is read.
/// Returns how many were answered, and saw the connection closed in order; and what the server did.
///
/// # Errors
/// One could not connect.
pub fn in_mid_request(server: Server, clients: u32) -> io::Result<(u32, Served)> {
    block_on(async {
        let mut streams = Vec::new();
        for _ in 0..clients {
            streams.push(connect(server.address()).await?);
        }
        for stream in &mut streams {
            stream.write_all(&[7; MESSAGE]).await?;
        }
        let served = server.stop();
        let mut answered = 0;
        for stream in &mut streams {
            let whole = self::answered(stream, &[7; MESSAGE]).await.is_ok();
            answered += u32::from(whole && matches!(stream.read(&mut [0]).await, Ok(0)));
        }
        Ok((answered, served))
    })
}

/// Takes all four places of a server by connections that are idle; returns whether a fifth one is
/// served within 150 ms.
///
/// # Errors
/// One could not connect.
pub fn fifth_of_four(server: SocketAddr) -> io::Result<bool> {
    block_on(async {
        let mut idle = Vec::new();
        for _ in 0..4 {
            idle.push(connect(server).await?);
        }
        let answer = wait("an answer", visit(server, 1));
        let answer = timeout(Duration::from_millis(150), answer);
        Ok(lane::task("client", answer).await.is_ok())
    })
}

/// Lets two clients be idle, one not read and one reset the connection, beside eight good ones,
/// which are all served. Returns how many bytes the one that does not read has sent.
///
/// # Errors
/// A bad one could not connect.
///
/// # Panics
/// If a client does.
pub fn four_bad_and_eight_good(server: SocketAddr) -> io::Result<u64> {
    block_on(async {
        let silent = [(); 2].map(|()| tokio::spawn(silent(server)));
        let never_reads = tokio::spawn(never_reads(server));
        resets(server).await?;
        let good: JoinSet<()> = (0..8).map(|_| reconnects(server, 10)).collect();
        good.join_all().await;
        for client in silent {
            client.await.expect("it does not panic")?;
        }
        never_reads.await.expect("it does not panic")
    })
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
