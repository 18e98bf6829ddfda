//! How a process ended, as its parent learns it: the exit status.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use rustix::process::WaitStatus;
use serde::{Deserialize, Serialize};

/// An exit status: a process ends by itself or by a signal, never by both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// It returned from `main`, or called `exit`, with this code. One byte of the code arrives.
    Code(i32),
    /// This signal ended it: it has no exit code.
    Signal(i32),
}

impl Exit {
    /// Code 0.
    pub const SUCCESS: Self = Self::Code(0);
    /// SIGKILL.
    pub const KILLED: Self = Self::Signal(9);

    /// Returns a shell's `$?`: one number, in which a code and a signal cannot be told apart.
    ///
    /// ```
    /// use processes::exit::Exit;
    ///
    /// assert_eq!(Exit::KILLED.in_a_shell(), Exit::Code(137).in_a_shell());
    /// ```
    pub fn in_a_shell(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
        }
    }
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            // A child that is only stopped would have neither; std does not ask for those.
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

impl From<WaitStatus> for Exit {
    fn from(status: WaitStatus) -> Self {
        ExitStatus::from_raw(status.as_raw()).into()
    }
}
