//! Waits that come to an end, whatever the other side does: it may be stopped, and then neither
//! reads, writes nor ends.

use std::io;
use std::os::fd::BorrowedFd;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, read, retry_on_intr, write};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// The pause between two looks at a child where the system has no wait with a timeout.
pub(crate) const LOOK: Duration = Duration::from_millis(1);

/// The instant at which a wait gives up; `None`: it never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// Returns the deadline that is `time` from now. A time beyond the clock's range, such as
    /// [`Duration::MAX`], is no limit.
    pub(crate) fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }

    /// Returns the earlier of two deadlines.
    pub(crate) fn or_earlier(self, other: Self) -> Self {
        Self([self.0, other.0].into_iter().flatten().min())
    }

    /// Returns the time that is left; `None`: there is no limit.
    pub(crate) fn left(self) -> Option<Duration> {
        self.0.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// Returns whether no time is left.
    pub(crate) fn is_over(self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// Returns what `poll` is to wait, an hour at the most: its callers poll again.
    fn timeout(self) -> Timespec {
        const HOUR: Duration = Duration::from_secs(3600);
        let left = self.left().map_or(HOUR, |left| left.min(HOUR));
        // An hour fits into every integer there is.
        Timespec { tv_sec: left.as_secs() as _, tv_nsec: left.subsec_nanos() as _ }
    }
}

/// Waits until a child has ended, without reaping it; returns whether it has.
///
/// # Errors
/// It is no child of this process, or has been reaped.
pub(crate) fn has_ended(child: Pid, by: Deadline) -> io::Result<bool> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    if by.0.is_none() {
        return Ok(retry_on_intr(|| waitid(WaitId::Pid(child), options))?.is_some());
    }
    // A descriptor of a process becomes readable at its end. There may be none left.
    #[cfg(target_os = "linux")]
    if let Ok(end) = rustix::process::pidfd_open(child, rustix::process::PidfdFlags::empty()) {
        use std::os::fd::AsFd;
        return ready(end.as_fd(), PollFlags::IN, by);
    }
    loop {
        match retry_on_intr(|| waitid(WaitId::Pid(child), options | WaitIdOptions::NOHANG))? {
            Some(_) => return Ok(true),
            None if by.is_over() => return Ok(false),
            None => thread::sleep(LOOK),
        }
    }
}

/// Waits until a descriptor is ready; returns whether it is.
fn ready(descriptor: BorrowedFd<'_>, what: PollFlags, by: Deadline) -> io::Result<bool> {
    loop {
        let mut polled = [PollFd::from_borrowed_fd(descriptor, what)];
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
/// system's.
pub(crate) fn read_exact(
    from: BorrowedFd<'_>,
    mut buffer: &mut [u8],
    by: Deadline,
) -> io::Result<()> {
    while !buffer.is_empty() {
        if !ready(from, PollFlags::IN, by)? {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match retry_on_intr(|| read(from, &mut *buffer))? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            got => buffer = &mut buffer[got..],
        }
    }
    Ok(())
}

/// Writes all of it into a pipe, which is made non-blocking for its writers.
///
/// # Errors
/// [`TimedOut`](io::ErrorKind::TimedOut): the pipe is full, and nobody has read from it; or the
/// system's.
pub(crate) fn write_all(to: BorrowedFd<'_>, mut bytes: &[u8], by: Deadline) -> io::Result<()> {
    fcntl_setfl(to, fcntl_getfl(to)? | OFlags::NONBLOCK)?;
    while !bytes.is_empty() {
        match retry_on_intr(|| write(to, bytes)) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::AGAIN) => {
                if !ready(to, PollFlags::OUT, by)? {
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
