//! What a child does that inherits shared memory.
#![expect(unsafe_code, reason = "a descriptor comes as a number, and whose it is has to be vouched for")]

use std::fmt;
use std::io;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::process::ExitCode;
use std::str::FromStr;

use rustix::io::{FdFlags, fcntl_setfd};

use crate::ring::Ring;

/// Says what a child does with the memory whose descriptor it has inherited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryRole {
    /// Sends back through a ring what comes in through another, until that is closed: `echo:IN:OUT`.
    Echo([RawFd; 2]),
}

impl fmt::Display for MemoryRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Echo([from, to]) => write!(f, "echo:{from}:{to}"),
        }
    }
}

impl FromStr for MemoryRole {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, numbers) = text.split_once(':').ok_or(())?;
        let numbers: Result<Vec<RawFd>, _> = numbers.split(':').map(str::parse).collect();
        match (name, numbers.map_err(drop)?.as_slice()) {
            ("echo", &[from, to]) => Ok(Self::Echo([from, to])),
            _ => Err(()),
        }
    }
}

impl MemoryRole {
    /// What can be asked for.
    pub(crate) const FORMS: &str = "echo:FD:FD";

    /// Plays the role to its end.
    pub(crate) fn play(self) -> io::Result<ExitCode> {
        match self {
            Self::Echo([from, to]) => {
                let mut from = Ring::open(inherited(from)?)?.consumer()?;
                let mut to = Ring::open(inherited(to)?)?.producer()?;
                while let Ok(message) = from.receive() {
                    if to.send(&message).is_err() {
                        break;
                    }
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Takes a descriptor that the parent has handed over under this number.
fn inherited(number: RawFd) -> io::Result<OwnedFd> {
    let none = || io::Error::other(format!("there is no descriptor {number}"));
    // The first three are std's.
    if number < 3 {
        return Err(none());
    }
    // SAFETY: if it is not open, the call below says so, and nothing else is done with it.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    // A child of this process shall not have it.
    fcntl_setfd(descriptor, FdFlags::CLOEXEC).map_err(|_| none())?;
    // SAFETY: it is open. This process has just begun, and has opened none itself: the parent's role says whose it is.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
