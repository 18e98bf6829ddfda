//! One thread and many sockets: how it learns which of them has a message (I/O multiplexing).
//!
//! A blocking read waits for one socket, whatever the others have. `select`, `poll` and `epoll`
//! wait for all of them in one system call. The first two are handed all descriptors with each
//! call; `epoll` is told of each once, and tells which are ready: as long as there is something to
//! read (level-triggered), or when something comes (edge-triggered). A reactor is that wait, and the
//! wakers of the tasks that wait for a socket ([`by_wakers`]).
#![expect(unsafe_code, reason = "select asks for descriptors that are open")]

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, EventFlags};
use rustix::event::{
    FdSetElement, PollFd, PollFlags, Timespec, fd_set_insert, fd_set_num_elements, poll,
};
use tracing::info_span;

mod ours;

pub use ours::serve_crowd;

/// The number of descriptors that a set of `select` has a bit for, in C and in Python.
pub const FD_SETSIZE: i32 = 1024;
const MESSAGE: usize = 64;
/// The timeout of a call that looks, and does not wait.
const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// Returns connected pairs: what the thread reads, and what its clients write to.
fn pairs(sockets: usize) -> io::Result<(Vec<UnixStream>, Vec<UnixStream>)> {
    (0..sockets).map(|_| UnixStream::pair()).collect()
}

/// Returns the places of the sockets that have something to read, by `poll`.
fn ready(sockets: &[impl AsFd], timeout: Option<&Timespec>) -> io::Result<Vec<usize>> {
    let mut all: Vec<_> = sockets.iter().map(|it| PollFd::new(it, PollFlags::IN)).collect();
    poll(&mut all, timeout)?;
    Ok((0..all.len()).filter(|&at| !all[at].revents().is_empty()).collect())
}

/// Reads one socket after the other, blocking. The first one's client sends nothing; the others'
/// messages are there. Returns how many were read until the read was given up, after `limit`, and how
/// many were ready then.
///
/// # Errors
/// The system has no descriptors left, as for those below.
pub fn blocking_read(sockets: usize, limit: Duration) -> io::Result<(usize, usize)> {
    let (mut reads, mut writes) = pairs(sockets)?;
    for client in &mut writes[1..] {
        client.write_all(&[7; MESSAGE])?;
    }
    reads[0].set_read_timeout(Some(limit))?;
    let _waits = info_span!("waits", what = "socket 0");
    let read = reads.iter_mut().map_while(|it| it.read(&mut [0; MESSAGE]).ok()).count();
    Ok((read, ready(&reads, Some(&NOW))?.len()))
}

/// Has a message come on two sockets, one of which has the number [`FD_SETSIZE`]; returns how many
/// of the two `select` finds ready, and how many `poll` does.
///
/// # Errors
/// The system gives no descriptor that number.
pub fn select() -> io::Result<(usize, usize)> {
    let ((small, mut client), (any, mut other)) = (UnixStream::pair()?, UnixStream::pair()?);
    let large = UnixStream::from(rustix::io::fcntl_dupfd_cloexec(any, FD_SETSIZE)?);
    client.write_all(&[7; MESSAGE])?;
    other.write_all(&[7; MESSAGE])?;
    let mut set = vec![FdSetElement::default(); fd_set_num_elements(2, FD_SETSIZE)];
    // C's macro `FD_SET` has no such check: it would set a bit of what lies behind the set.
    let fit = [&small, &large].into_iter().filter(|it| it.as_raw_fd() < FD_SETSIZE);
    fit.for_each(|socket| fd_set_insert(&mut set, socket.as_raw_fd()));
    // SAFETY: the descriptors in the set are open until the end of this function.
    let seen = unsafe { rustix::event::select(FD_SETSIZE, Some(&mut set), None, None, Some(&NOW)) };
    Ok((seen? as usize, ready(&[small, large], Some(&NOW))?.len()))
}

/// Sends messages, each on another socket; returns how many of them `find` finds, and they alone.
fn found(
    (reads, mut writes): (Vec<UnixStream>, Vec<UnixStream>),
    messages: usize,
    mut find: impl FnMut(&[UnixStream]) -> io::Result<Vec<usize>>,
) -> io::Result<usize> {
    let mut read = 0;
    for number in 0..messages {
        let which = number * 7 % reads.len();
        writes[which].write_all(&[7; MESSAGE])?;
        if find(&reads)? == [which] {
            read += usize::from((&reads[which]).read(&mut [0; MESSAGE])? == MESSAGE);
        }
    }
    Ok(read)
}

/// Finds messages by `poll`: each call hands over all descriptors, and the kernel looks at each.
/// Returns how many were found, and how many descriptors were handed over for that.
///
/// # Errors
/// The system has no descriptors left.
pub fn by_poll(sockets: usize, messages: usize) -> io::Result<(usize, usize)> {
    let mut handed = 0;
    let found = found(pairs(sockets)?, messages, |reads| {
        handed += reads.len();
        ready(reads, None)
    });
    Ok((found?, handed))
}

/// Adds sockets to an epoll, each with its place as its number.
fn added(reads: &[UnixStream], flags: EventFlags) -> io::Result<OwnedFd> {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    for (place, socket) in reads.iter().enumerate() {
        epoll::add(&epoll, socket, epoll::EventData::new_u64(place as u64), flags)?;
    }
    Ok(epoll)
}

/// Returns the numbers of the sockets that epoll tells of.
fn told(epoll: &OwnedFd, timeout: Option<&Timespec>) -> io::Result<Vec<usize>> {
    let mut events = Vec::with_capacity(64);
    epoll::wait(epoll, spare_capacity(&mut events), timeout)?;
    Ok(events.iter().map(|event| event.data.u64() as usize).collect())
}

/// Finds messages by `epoll`, level-triggered: each descriptor is handed over once, before the
/// first message. Returns the same as [`by_poll`].
///
/// # Errors
/// As [`by_poll`].
pub fn by_epoll(sockets: usize, messages: usize) -> io::Result<(usize, usize)> {
    let pairs = pairs(sockets)?;
    let epoll = added(&pairs.0, EventFlags::IN)?;
    Ok((found(pairs, messages, |_| told(&epoll, None))?, sockets))
}

/// Has a task for each socket, which tries to read, and leaves its waker where that would block; the
/// thread waits for all sockets by one epoll, and wakes the tasks of those that are ready. Returns
/// the same as [`by_poll`].
///
/// # Errors
/// As [`by_poll`].
pub fn by_wakers(sockets: usize, messages: usize) -> io::Result<(usize, usize)> {
    let (reads, mut writes) = pairs(sockets)?;
    reads.iter().try_for_each(|socket| socket.set_nonblocking(true))?;
    let epoll = added(&reads, EventFlags::IN | EventFlags::ET)?;
    let (wakers, found) = (RefCell::new(vec![None; sockets]), Cell::new(0));
    let reader = async |place: usize| -> io::Result<()> {
        loop {
            let tries = |context: &mut Context<'_>| match (&reads[place]).read(&mut [0; MESSAGE]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    wakers.borrow_mut()[place] = Some(context.waker().clone());
                    Poll::Pending
                }
                read => Poll::Ready(read),
            };
            let read = poll_fn(tries).await?;
            found.update(|found| found + usize::from(read == MESSAGE));
        }
    };
    // The executor: it gives each task a waker of its own, and polls those that were woken.
    let mut tasks: FuturesUnordered<_> = (0..sockets).map(reader).collect();
    for number in 0..=messages {
        if let Some(Some(failed)) = tasks.next().now_or_never() {
            failed?;
        }
        if number < messages {
            writes[number * 7 % sockets].write_all(&[7; MESSAGE])?;
            for place in told(&epoll, None)? {
                wakers.borrow_mut()[place].take().into_iter().for_each(Waker::wake);
            }
        }
    }
    Ok((found.get(), sockets))
}

/// Reads half a message whenever epoll tells of its socket; with `drains`, again and again until
/// the read would block. Ends when epoll tells of nothing; returns how often it has told, how many
/// bytes were read, and how many are left, of which nothing is told any more.
///
/// # Errors
/// The system has no descriptors left.
pub fn halved(flags: EventFlags, drains: bool) -> io::Result<(usize, usize, u64)> {
    let (reads, mut writes) = pairs(1)?;
    reads[0].set_nonblocking(true)?;
    let epoll = added(&reads, EventFlags::IN | flags)?;
    writes[0].write_all(&[7; MESSAGE])?;
    let (mut times, mut read) = (0, 0);
    while !told(&epoll, Some(&NOW))?.is_empty() {
        times += 1;
        loop {
            match (&reads[0]).read(&mut [0; MESSAGE / 2]) {
                Ok(length) => read += length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
            if !drains {
                break;
            }
        }
    }
    Ok((times, read, rustix::io::ioctl_fionread(&reads[0])?))
}
