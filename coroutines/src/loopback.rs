//! A server in the background, on the loopback interface, how its connections ended, and its
//! [`clients`].

use std::any::Any;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};
use std::thread::{Builder, JoinHandle};

pub mod clients;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client closed it.
    Left,
    /// It timed out.
    Idle,
    /// It was reset.
    Broke,
    /// It was there when the server was told to stop, and ended in order.
    Stopped,
    /// It was closed at once: the system had no room for its thread.
    Refused,
}

impl End {
    /// Returns how a connection ended that its server was done with, or had given up.
    pub fn of(done: io::Result<()>, stopped: bool) -> Self {
        match done.map_err(|error| error.kind()) {
            Ok(()) | Err(ErrorKind::TimedOut | ErrorKind::WouldBlock) if stopped => Self::Stopped,
            Ok(()) => Self::Left,
            Err(ErrorKind::TimedOut | ErrorKind::WouldBlock) => Self::Idle,
            Err(_) => Self::Broke,
        }
    }
}

/// Where each connection of a server tells how it ended.
#[derive(Clone, Debug)]
pub struct Ended(Sender<(End, u64)>);

impl Ended {
    /// Tells how a connection ended, and how many bytes were sent back over it.
    ///
    /// # Panics
    /// If the server's thread has ended, which waits for all its connections.
    pub fn tell(&self, end: End, bytes: u64) {
        self.0.send((end, bytes)).expect("the server waits for its connections");
    }
}

/// What a server has done until it was stopped: how each connection ended, and how many bytes were
/// sent back over it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served(Vec<(End, u64)>);

impl Served {
    /// Returns how many connections ended in this way.
    pub fn ended(&self, how: End) -> usize {
        self.0.iter().filter(|(end, _)| *end == how).count()
    }

    /// Returns how many bytes were sent back.
    pub fn bytes(&self) -> u64 {
        self.0.iter().map(|(_, bytes)| bytes).sum()
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
    /// Runs `serve` on a thread; it returns once the server has been told to stop by the destructor
    /// of `stop`, and has closed all its connections.
    ///
    /// # Errors
    /// The system has no room for the thread.
    pub fn start(
        address: SocketAddr,
        stop: impl Any + Send + Sync,
        serve: impl FnOnce(Ended) + Send + 'static,
    ) -> io::Result<Self> {
        let thread = Builder::new().name("server".to_owned()).spawn(|| {
            let (ended, all) = channel();
            serve(Ended(ended));
            Served(all.into_iter().collect())
        })?;
        Ok(Self { address, stop: Box::new(stop), thread })
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has clients served, and stops it; returns what they have seen, and what it has done.
    ///
    /// # Errors
    /// The clients' own, or the system had no room for the thread of one.
    pub fn serve<T>(
        self,
        clients: impl FnOnce(SocketAddr) -> io::Result<T>,
    ) -> io::Result<(T, Served)> {
        let seen = clients(self.address);
        let served = self.stop();
        match served.ended(End::Refused) {
            0 => Ok((seen?, served)),
            refused => Err(io::Error::other(format!(
                "the system has no room for the threads of {refused} connections: raise the limit \
                 (ulimit -u)"
            ))),
        }
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
