//! The worker's end of its connection to the observer: what it reports, and its tasks at the gate.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// A report of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Report {
    /// The worker is connected, and has this PID.
    Connected(u32),
    /// The worker begins the task of this number.
    Begins(u64),
    /// The task waits at the gate.
    AtGate(u64),
    /// The task has passed the gate.
    Passes(u64),
    /// The worker has ended the task.
    Ends(u64),
    /// The worker is dead: its connection has ended. The observer adds this one.
    Gone,
}

/// The length of each report: a variant, and a number of up to ten bytes.
const LENGTH: usize = 12;

/// Reads the next report; `None` when the connection has ended.
pub(crate) fn read(connection: &mut TcpStream) -> Option<Report> {
    let mut bytes = [0; LENGTH];
    connection.read_exact(&mut bytes).ok()?;
    postcard::from_bytes(&bytes).ok()
}

/// The worker's end of its connection.
static CONNECTION: OnceLock<TcpStream> = OnceLock::new();

/// Connects this worker to the observer.
pub(crate) fn connect(port: u16) {
    if let Ok(connection) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        // Without this, reports are late: the kernel gathers small writes.
        let _ = connection.set_nodelay(true);
        let _ = CONNECTION.set(connection);
        send(Report::Connected(std::process::id()));
    }
}

fn send(report: Report) {
    let mut bytes = [0; LENGTH];
    if let Some(mut connection) = CONNECTION.get()
        && postcard::to_slice(&report, &mut bytes).is_ok()
    {
        // An observer that is gone has seen enough.
        let _ = connection.write_all(&bytes);
    }
}

/// A task that runs: its begin is reported when this is made, its end when this is dropped.
pub(crate) struct Running(u64);

impl Running {
    pub(crate) fn task(number: u64) -> Self {
        send(Report::Begins(number));
        Self(number)
    }
}

/// Has the task of this number wait at the gate until the observer opens it, or is gone.
pub(crate) fn pass_gate(number: u64) {
    if let Some(mut connection) = CONNECTION.get() {
        send(Report::AtGate(number));
        if connection.read(&mut [0]).is_ok_and(|bytes| bytes == 1) {
            send(Report::Passes(number));
        } else {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        send(Report::Ends(self.0));
    }
}
