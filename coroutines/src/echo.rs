//! A server that sends back what it is sent: a task for each connection ([`tasks`]), or a thread
//! ([`threads`]). The guests come from
//! [`guests`]: a crowd, and some that behave badly.
//!
//! What makes a server of it is not the echo. It answers before it reads on, so that a guest who
//! does not listen is not read from either (back-pressure). A guest who is silent, or does not
//! listen, has so much time and no more. One that breaks off ends its own connection. And whoever
//! is told to stop answers first what has come.

use std::net::SocketAddr;
use std::time::Duration;

pub mod guests;
pub mod tasks;
pub mod threads;

/// Says what a server allows.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many connections are served at once; the others wait to be accepted. The server of
    /// threads takes all that the system has room for.
    pub connections: usize,
    /// After so long without a message, or without room for an answer, a connection is closed.
    pub idle: Option<Duration>,
}

/// Says how a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The guest has left.
    Left,
    /// Its time was over.
    Idle,
    /// It broke off.
    Broke,
    /// The server was told to stop.
    Stopped,
}

/// Says what a server has done until it was stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// So many connections ended well: their guests have left.
    pub left: u32,
    /// So many were closed because their time was over.
    pub idle: u32,
    /// So many were broken off by their guests.
    pub broke: u32,
    /// So many were there when the server was told to stop, and were ended in order.
    pub stopped: u32,
    /// Connections that were closed at once: the system had no room for their threads.
    pub refused: u32,
    /// So many bytes were sent back.
    pub bytes: u64,
}

impl Served {
    fn count(&mut self, end: End, bytes: u64) {
        self.bytes += bytes;
        match end {
            End::Left => self.left += 1,
            End::Idle => self.idle += 1,
            End::Broke => self.broke += 1,
            End::Stopped => self.stopped += 1,
        }
    }
}

/// A server that runs on threads of its own.
pub trait Server {
    /// Returns where it listens.
    fn address(&self) -> SocketAddr;

    /// Stops it in order: what has come is answered, and nothing else is accepted.
    ///
    /// # Blocking
    /// Until all its connections are closed.
    fn stop(self) -> Served;
}

/// How much of a connection is read at once.
const BUFFER: usize = 512;
/// So many connections have a lane.
const LANES: usize = 6;
