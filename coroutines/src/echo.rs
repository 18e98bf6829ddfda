//! A server that sends back what it is sent: a task for each connection ([`tasks`]), or a thread
//! ([`threads`]). Its clients are [`clients`]: many that behave well, and some that behave badly.
//!
//! What makes a server of it is not the echo. It answers before it reads on, so that a client that
//! does not read its answers is not read from either (back-pressure). A connection that is idle, or
//! not read from, is closed after a timeout. A reset ends its own connection alone. And a server
//! that is told to stop answers first what has arrived.

use std::any::Any;
use std::io;
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub mod clients;
#[cfg(target_os = "linux")]
pub mod ours;
pub mod tasks;
pub mod threads;

/// The limits of a server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The number of connections that are served at once; others wait to be accepted. The server of
    /// threads takes all that the system has room for.
    pub connections: usize,
    /// The timeout after which a connection without a message, or without room for an answer, is
    /// closed.
    pub idle: Option<Duration>,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The client closed it.
    Left,
    /// It timed out.
    Idle,
    /// It was reset.
    Broke,
    /// The server was told to stop.
    Stopped,
}

/// What a server has done until it was stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// The number of connections that their clients closed.
    pub left: u32,
    /// The number of those that timed out.
    pub idle: u32,
    /// The number of those that were reset.
    pub broke: u32,
    /// The number of those that were there when the server was told to stop, and ended in order.
    pub stopped: u32,
    /// The number of those that were closed at once: the system had no room for their threads.
    pub refused: u32,
    /// The number of bytes that were sent back.
    pub bytes: u64,
}

impl Served {
    fn count(&mut self, (end, bytes): (End, u64)) {
        self.bytes += bytes;
        match end {
            End::Left => self.left += 1,
            End::Idle => self.idle += 1,
            End::Broke => self.broke += 1,
            End::Stopped => self.stopped += 1,
        }
    }
}

/// A server on threads of its own. One that is dropped is told to stop, and not waited for.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    /// Its destructor tells the server to stop.
    stop: Box<dyn Any + Send + Sync>,
    thread: JoinHandle<Served>,
}

impl Server {
    fn start(
        address: SocketAddr,
        stop: impl Any + Send + Sync,
        serve: impl FnOnce() -> Served + Send + 'static,
    ) -> io::Result<Self> {
        let thread = thread::Builder::new().name("server".to_owned()).spawn(serve)?;
        Ok(Self { address, stop: Box::new(stop), thread })
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it in order: what has arrived is answered, and no other connection is accepted.
    ///
    /// # Blocking
    /// Until all its connections are closed.
    pub fn stop(self) -> Served {
        drop(self.stop);
        self.thread.join().expect("the server does not panic")
    }
}

/// The size of the buffer for a read.
const BUFFER: usize = 512;
/// The number of connections that have a lane.
const LANES: usize = 6;
