//! The worker's end of its line: what it reports, and its tasks at the gate.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// What a worker reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// It is this process, and has its line.
    Joins(u32),
    /// It begins the task of this number.
    Begins(u64),
    /// Its task waits at the gate.
    AtGate(u64),
    /// Its task has passed the gate.
    Passes(u64),
    /// It has ended the task.
    Ends(u64),
    /// The worker is gone: its line has ended. No worker sends this.
    Gone,
}

/// Every report is this long: a variant, and a number of up to ten bytes.
const REPORT: usize = 12;

/// Takes the next report; none, when the line has ended.
pub(super) fn take(line: &mut TcpStream) -> Option<What> {
    let mut report = [0; REPORT];
    line.read_exact(&mut report).ok()?;
    postcard::from_bytes(&report).ok()
}

/// A worker's end of its line.
static LINE: OnceLock<TcpStream> = OnceLock::new();

/// Opens this worker's line.
pub(crate) fn join(port: u16) {
    if let Ok(line) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        // Without this, reports come late.
        let _ = line.set_nodelay(true);
        let _ = LINE.set(line);
        say(What::Joins(std::process::id()));
    }
}

fn say(what: What) {
    let mut report = [0; REPORT];
    if let Some(mut line) = LINE.get()
        && postcard::to_slice(&what, &mut report).is_ok()
    {
        // A caller that listens no more has seen enough.
        let _ = line.write_all(&report);
    }
}

/// Reports that a task has begun, and, when dropped, that it has ended.
pub(crate) struct Runs(u64);

impl Runs {
    pub(crate) fn task(number: u64) -> Self {
        say(What::Begins(number));
        Self(number)
    }

    /// Waits at the gate until the caller opens it, or is gone.
    pub(crate) fn pass_gate(&self) {
        if let Some(mut line) = LINE.get() {
            say(What::AtGate(self.0));
            if line.read(&mut [0]).is_ok_and(|bytes| bytes == 1) {
                say(What::Passes(self.0));
            } else {
                let _ = line.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        say(What::Ends(self.0));
    }
}
