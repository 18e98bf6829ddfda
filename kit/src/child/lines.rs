//! A reader of a child's output, with a deadline.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;

use super::guard::timed_out;
use crate::deadline::Deadline;

/// A receiver of the lines of a pipe. A thread of its own reads them as they come: so a parent can
/// read two pipes at once, and a read, which has no timeout, becomes a receive, which has one.
///
/// ```
/// use std::process::Command;
/// use kit::child::{ChildGuard, DEADLINE};
///
/// let mut script = Command::new("sh");
/// let mut child = ChildGuard::start(script.args(["-c", "echo 1; echo 2 >&2; echo 3"]), DEADLINE)?;
/// let (out, err) = (child.stdout(), child.stderr());
/// assert_eq!((out.recv_all()?, err.recv_all()?), (vec!["1".into(), "3".into()], vec!["2".into()]));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct LineReader {
    /// The lines; an error if no thread could be started to read them.
    lines: io::Result<Receiver<String>>,
    deadline: Deadline,
}

impl LineReader {
    pub(super) fn new(pipe: Option<impl Read + Send + 'static>, deadline: Deadline) -> Self {
        let (sender, lines) = mpsc::channel();
        // The thread ends when the child closes its end of the pipe.
        let read = move || {
            let lines = pipe
                .into_iter()
                .flat_map(|pipe| BufReader::new(pipe).lines().map_while(Result::ok));
            for line in lines {
                if sender.send(line).is_err() {
                    break;
                }
            }
        };
        Self { lines: thread::Builder::new().spawn(read).map(|_| lines), deadline }
    }

    /// Waits for the next line; `None` at the end.
    ///
    /// # Errors
    /// [`TimedOut`](io::ErrorKind::TimedOut): the child's deadline is over. Or the system has no
    /// room for the thread that reads.
    pub fn recv_line(&self) -> io::Result<Option<String>> {
        let lines = self.lines.as_ref().map_err(|error| {
            let why = format!("no thread can be started to read from a child: {error}");
            io::Error::new(error.kind(), why)
        })?;
        let received = match self.deadline.left() {
            Some(left) => lines.recv_timeout(left),
            None => lines.recv().map_err(RecvTimeoutError::from),
        };
        match received {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(timed_out()),
        }
    }

    /// Waits for all the lines that are left.
    ///
    /// # Errors
    /// As [`recv_line`](Self::recv_line).
    pub fn recv_all(&self) -> io::Result<Vec<String>> {
        std::iter::from_fn(|| self.recv_line().transpose()).collect()
    }
}

/// Returns the last of these lines that is not blank: of what a program has written to its standard
/// error, most often why it failed.
///
/// ```
/// assert_eq!(kit::child::last_line("a\nb\n \n".lines()), Some("b"));
/// ```
pub fn last_line<'a>(mut lines: impl DoubleEndedIterator<Item = &'a str>) -> Option<&'a str> {
    lines.rfind(|line| !line.trim().is_empty())
}
