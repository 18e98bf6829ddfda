//! Waits that end at a deadline, whatever the other process does: a process that is stopped neither
//! reads, writes nor ends.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, read, retry_on_intr, write};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// The pause between two looks at a child where the system has no wait with a timeout.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// The instant at which a wait gives up, if there is one.
///
/// ```
/// use std::time::Duration;
/// use kit::deadline::Deadline;
///
/// assert!(Deadline::after(Duration::ZERO).is_over());
/// assert_eq!(Deadline::after(Duration::MAX).left(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// Returns the deadline that is `time` from now. A time beyond the clock's range, such as
    /// [`Duration::MAX`], is no limit.
    pub fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }

    /// Returns the earlier of two deadlines.
    #[must_use]
    pub fn or_earlier(self, other: Self) -> Self {
        Self([self.0, other.0].into_iter().flatten().min())
    }

    /// Returns the time that is left; `None` if there is no limit.
    pub fn left(self) -> Option<Duration> {
        self.0.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// Returns whether no time is left.
    pub fn is_over(self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// Returns a timeout for one call of `poll`: an hour at the most, for its callers poll again.
    fn timeout(self) -> Timespec {
        const HOUR: Duration = Duration::from_secs(3600);
        let left = self.left().map_or(HOUR, |left| left.min(HOUR));
        // An hour fits into every integer type that a system uses here.
        Timespec { tv_sec: left.as_secs() as _, tv_nsec: left.subsec_nanos() as _ }
    }
}

/// Waits until a child has ended, without reaping it; returns whether it has.
///
/// # Errors
/// The process is no child of this one, or has been reaped.
pub fn has_ended(child: Pid, by: Deadline) -> io::Result<bool> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    if by.0.is_none() {
        return Ok(retry_on_intr(|| waitid(WaitId::Pid(child), options))?.is_some());
    }
    // The descriptor of a process (pidfd) becomes readable when the process ends. Where this
    // process has no descriptor left for one, it looks again and again.
    #[cfg(target_os = "linux")]
    if let Ok(end) = rustix::process::pidfd_open(child, rustix::process::PidfdFlags::empty()) {
        return is_ready(end.as_fd(), PollFlags::IN, by);
    }
    loop {
        match retry_on_intr(|| waitid(WaitId::Pid(child), options | WaitIdOptions::NOHANG))? {
            Some(_) => return Ok(true),
            None if by.is_over() => return Ok(false),
            None => thread::sleep(POLL_INTERVAL),
        }
    }
}

/// Waits until a descriptor is ready; returns whether it is.
fn is_ready(descriptor: BorrowedFd<'_>, events: PollFlags, by: Deadline) -> io::Result<bool> {
    loop {
        let mut polled = [PollFd::from_borrowed_fd(descriptor, events)];
        if retry_on_intr(|| poll(&mut polled, Some(&by.timeout())))? > 0 {
            return Ok(true);
        }
        if by.is_over() {
            return Ok(false);
        }
    }
}

/// Reads until the buffer is full.
///
/// # Errors
/// [`TimedOut`](io::ErrorKind::TimedOut), [`UnexpectedEof`](io::ErrorKind::UnexpectedEof), or the
/// system's error.
pub fn read_exact(from: impl AsFd, mut buffer: &mut [u8], by: Deadline) -> io::Result<()> {
    let from = from.as_fd();
    while !buffer.is_empty() {
        if !is_ready(from, PollFlags::IN, by)? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match retry_on_intr(|| read(from, &mut *buffer))? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            got => buffer = &mut buffer[got..],
        }
    }
    Ok(())
}

/// Writes all bytes into a pipe, which it makes non-blocking for its writers.
///
/// ```
/// use std::{io, time::Duration};
/// use kit::deadline::{Deadline, write_all};
///
/// let (_reader, writer) = io::pipe()?;
/// let full = write_all(&writer, &[0; 1 << 22], Deadline::after(Duration::from_millis(10)));
/// assert_eq!(full.unwrap_err().kind(), io::ErrorKind::TimedOut);
/// # Ok::<(), io::Error>(())
/// ```
///
/// # Errors
/// [`TimedOut`](io::ErrorKind::TimedOut): the pipe is full and nobody has read from it; or the
/// system's error.
pub fn write_all(to: impl AsFd, mut bytes: &[u8], by: Deadline) -> io::Result<()> {
    let to = to.as_fd();
    fcntl_setfl(to, fcntl_getfl(to)? | OFlags::NONBLOCK)?;
    while !bytes.is_empty() {
        match retry_on_intr(|| write(to, bytes)) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::AGAIN) => {
                if !is_ready(to, PollFlags::OUT, by)? {
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
