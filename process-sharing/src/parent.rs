//! The child's side of a lesson: what its parent sends, and the descriptors that it has inherited.
#![expect(unsafe_code, reason = "a descriptor comes as a number, and rustc cannot know its owner")]

use std::fmt::Display;
use std::io::{self, Write};
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::str::FromStr;
use std::sync::mpsc;
use std::thread;

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};

/// The parent, as its child knows it: the other end of standard input and standard output.
#[derive(Debug)]
pub(crate) struct Parent(mpsc::Receiver<String>);

impl Parent {
    /// Listens to the parent, and exits when standard input ends: the parent has closed it, or is
    /// gone.
    pub(crate) fn listen() -> io::Result<Self> {
        let (sender, lines) = mpsc::channel();
        thread::Builder::new().name("parent-watch".into()).spawn(move || {
            for line in io::stdin().lines().map_while(Result::ok) {
                // It fails when the receiver is dropped; the end of the input still counts.
                let _ = sender.send(line);
            }
            std::process::exit(1);
        })?;
        Ok(Self(lines))
    }

    /// Returns the next line that the parent sends.
    pub(crate) fn recv_line(&self) -> io::Result<String> {
        self.0.recv().map_err(io::Error::other)
    }

    /// Sends the parent a line, at once.
    pub(crate) fn send_line(&self, line: impl Display) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush())
    }
}

/// Returns the arguments of a child that takes `N` of them.
pub(crate) fn words<const N: usize>(arguments: &[String]) -> io::Result<[&str; N]> {
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    words.try_into().map_err(|words| {
        let why = format!("this child takes {N} arguments, and has been given {words:?}");
        io::Error::new(io::ErrorKind::InvalidInput, why)
    })
}

/// Returns an argument that has to be a number.
pub(crate) fn number<T: FromStr>(word: &str) -> io::Result<T> {
    let wrong = |_| io::Error::new(io::ErrorKind::InvalidInput, format!("{word:?} is no number"));
    word.parse().map_err(wrong)
}

/// Takes over the descriptor that the parent has handed over under this number.
pub(crate) fn inherited(word: &str) -> io::Result<OwnedFd> {
    let number: RawFd = number(word)?;
    let none = || io::Error::other(format!("there is no descriptor {number}"));
    // The first three are std's.
    if number < 3 {
        return Err(none());
    }
    // SAFETY: the borrow ends with this function, and is used for two calls of fcntl alone. If the
    // number is not open, the first of them fails, and nothing else is done with it.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    // What this process has opened itself is close-on-exec, and so is what it has taken already:
    // neither may have a second owner.
    let flags = fcntl_getfd(descriptor).map_err(|_| none())?;
    if flags.contains(FdFlags::CLOEXEC) {
        return Err(io::Error::other(format!("descriptor {number} was not handed over, or twice")));
    }
    // A child of this process shall not inherit it.
    fcntl_setfd(descriptor, FdFlags::CLOEXEC).map_err(|_| none())?;
    // SAFETY: `from_raw_fd` asks for an open descriptor without another owner. It is open: fcntl
    // has answered. It was inherited over exec, for everything that this process opens is
    // close-on-exec, so no value of this process owns it; and a second call finds the flag set.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}
