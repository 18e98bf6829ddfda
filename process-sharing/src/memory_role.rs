//! What a child does that inherits shared memory.
#![expect(
    unsafe_code,
    reason = "a descriptor comes as a number, and whose it is has to be vouched for"
)]

use std::fmt;
use std::io;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::str::FromStr;

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};

use crate::child::end_with_input;
use crate::owner_died::{self, Lock};
use crate::process_lock::{self, How};
use crate::{array, killed_often, messages, value};

/// Says what a child does with the memory whose descriptor it has inherited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "a field is the descriptor of what it is named after, or what its variant says of it"
)]
pub enum MemoryRole {
    /// Changes atomics, in a copy of its own if `private`: `atomics:FD:0`.
    Atomics { memory: RawFd, private: bool },
    /// Changes values under a lock: `values:FD`.
    Values { memory: RawFd },
    /// Writes four integers: `array:FD:0:10:20:30:40`.
    Array { memory: RawFd, private: bool, written: [i32; 4] },
    /// Forks processes that add 1: `add:FD:locked`.
    Add { memory: RawFd, how: How },
    /// Takes a lock, and waits to be killed: `hold:FD:ours`.
    Hold { memory: RawFd, lock: Lock },
    /// Adds to sums under a lock so many times, or, if 0, until it is killed: `work:FD:1000`.
    Work { memory: RawFd, times: u32 },
    /// Sends back through a ring what comes in through another, until that is closed:
    /// `echo:IN:OUT`.
    Echo { from: RawFd, to: RawFd },
    /// Sends messages through a ring, and waits to be killed in the middle of one: `send:FD`.
    Send { ring: RawFd },
    /// Writes messages to a pipe until it is killed: `write:FD`.
    Write { pipe: RawFd },
}

impl fmt::Display for MemoryRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Atomics { memory, private } => {
                write!(f, "atomics:{memory}:{}", u8::from(private))
            }
            Self::Values { memory } => write!(f, "values:{memory}"),
            Self::Array { memory, private, written: [a, b, c, d] } => {
                write!(f, "array:{memory}:{}:{a}:{b}:{c}:{d}", u8::from(private))
            }
            Self::Add { memory, how } => write!(f, "add:{memory}:{how}"),
            Self::Hold { memory, lock } => write!(f, "hold:{memory}:{lock}"),
            Self::Work { memory, times } => write!(f, "work:{memory}:{times}"),
            Self::Echo { from, to } => write!(f, "echo:{from}:{to}"),
            Self::Send { ring } => write!(f, "send:{ring}"),
            Self::Write { pipe } => write!(f, "write:{pipe}"),
        }
    }
}

impl FromStr for MemoryRole {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        fn number<T: FromStr>(text: &str) -> Result<T, ()> {
            text.parse().map_err(drop)
        }
        let flag = |text: &str| number::<u8>(text).map(|flag| flag != 0);
        let parts: Vec<_> = text.split(':').collect();
        Ok(match *parts.as_slice() {
            ["atomics", memory, private] => {
                Self::Atomics { memory: number(memory)?, private: flag(private)? }
            }
            ["values", memory] => Self::Values { memory: number(memory)? },
            ["array", memory, private, a, b, c, d] => Self::Array {
                memory: number(memory)?,
                private: flag(private)?,
                written: [number(a)?, number(b)?, number(c)?, number(d)?],
            },
            ["add", memory, how] => Self::Add { memory: number(memory)?, how: how.parse()? },
            ["hold", memory, lock] => Self::Hold { memory: number(memory)?, lock: lock.parse()? },
            ["work", memory, times] => {
                Self::Work { memory: number(memory)?, times: number(times)? }
            }
            ["echo", from, to] => Self::Echo { from: number(from)?, to: number(to)? },
            ["send", ring] => Self::Send { ring: number(ring)? },
            ["write", pipe] => Self::Write { pipe: number(pipe)? },
            _ => return Err(()),
        })
    }
}

impl MemoryRole {
    /// What can be asked for.
    pub(crate) const FORMS: &str = "atomics:, values:, array:, add:, hold:, work:, echo:, send: or write: with a descriptor and what they do";

    /// Plays the role to its end.
    pub(crate) fn play(self) -> io::Result<()> {
        // Who forks may have no other thread; and what it forks comes to its end by itself.
        if !matches!(self, Self::Add { .. }) {
            end_with_input()?;
        }
        match self {
            Self::Atomics { memory, private } => value::change_atomics(inherited(memory)?, private),
            Self::Values { memory } => value::change_values(inherited(memory)?),
            Self::Array { memory, private, written } => {
                array::in_a_child(inherited(memory)?, private, written)
            }
            Self::Add { memory, how } => process_lock::in_a_child(inherited(memory)?, how),
            Self::Hold { memory, lock } => owner_died::in_a_child(inherited(memory)?, lock),
            Self::Work { memory, times } => killed_often::in_a_child(inherited(memory)?, times),
            Self::Echo { from, to } => messages::echo(inherited(from)?, inherited(to)?),
            Self::Send { ring } => messages::send(inherited(ring)?),
            Self::Write { pipe } => messages::write(inherited(pipe)?),
        }
    }
}

/// Takes a descriptor that the parent has handed over under this number.
pub(crate) fn inherited(number: RawFd) -> io::Result<OwnedFd> {
    let none = || io::Error::other(format!("there is no descriptor {number}"));
    // The first three are std's.
    if number < 3 {
        return Err(none());
    }
    // SAFETY: if it is not open, the call below says so, and nothing else is done with it.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    // What this process has opened itself is closed by a new program, and so is what it has taken
    // already: neither may have a second owner.
    let flags = fcntl_getfd(descriptor).map_err(|_| none())?;
    if flags.contains(FdFlags::CLOEXEC) {
        return Err(io::Error::other(format!("descriptor {number} was not handed over, or twice")));
    }
    // A child of this process shall not have it.
    fcntl_setfd(descriptor, FdFlags::CLOEXEC).map_err(|_| none())?;
    // SAFETY: it is open, and nobody in this process has it: it was inherited, and the mark that
    // was missing is set for whoever takes it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
