//! A reactor: one wait, by epoll, for all the sockets of an executor's tasks.
//!
//! It is made with the first [`Socket`], and from then on the executor's thread waits in it instead
//! of parking. Each socket is added once, edge-triggered: the kernel tells when it *becomes* ready,
//! and this file notes it. So a task tries first, and waits after its socket has said that it would
//! block; a message costs a read and a write, and its share of a wait.
//!
//! ```
//! use coroutines::executor::{Socket, block_on, spawn};
//! use std::os::unix::net::UnixStream;
//!
//! block_on(async {
//!     let (one, other) = UnixStream::pair()?;
//!     let (one, other) = (Socket::new(one)?, Socket::new(other)?);
//!     let echo = spawn(async move {
//!         let mut message = [0; 64];
//!         let length = other.read(&mut message).await?;
//!         other.write_all(&message[..length]).await
//!     });
//!     one.write_all(b"hello").await?;
//!     assert_eq!(one.read(&mut [0; 64]).await?, 5);
//!     echo.await.expect("it does not panic")
//! })?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{EventfdFlags, Timespec, epoll, epoll::EventFlags, eventfd};
use rustix::net::{ipproto::TCP, sockopt::socket_protocol};

use super::local::{Local, here};
use super::sync::Thread;
use crate::contain::{contain, wake};

/// What is known of a socket, for each way: whether a try would block, and the task that waits until
/// it would not.
#[derive(Default)]
struct Source {
    blocks: [Cell<bool>; 2],
    waker: [Cell<Option<Waker>>; 2],
    /// Its other side has closed it, or it is broken: what comes after the last byte is known.
    closed: Cell<bool>,
    /// A read that does not fill its buffer has drained it; `None` until that is asked.
    short_is_last: Cell<Option<bool>>,
}

const READ: usize = 0;
const WRITE: usize = 1;

impl Source {
    fn tell(&self, flags: EventFlags) {
        if flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR) {
            self.closed.set(true);
        }
        if flags.contains(EventFlags::PRI) {
            // A read ends before the urgent byte.
            self.short_is_last.set(Some(false));
        }
        for (way, flag) in [(READ, EventFlags::IN), (WRITE, EventFlags::OUT)] {
            if self.closed.get() || flags.contains(flag) {
                self.blocks[way].set(false);
                wake(self.waker[way].take());
            }
        }
    }
}

/// The sockets of an executor, by the numbers of their descriptors.
pub(super) struct Reactor {
    epoll: OwnedFd,
    sources: RefCell<Vec<Option<Rc<Source>>>>,
    events: Cell<Vec<epoll::Event>>,
}

impl Reactor {
    /// Returns the reactor of an executor, which is made for its first socket.
    fn of(local: &Local) -> io::Result<Rc<Self>> {
        if let Some(reactor) = local.reactor.get() {
            return Ok(Rc::clone(reactor));
        }
        let reactor = Rc::new(Self::new(&local.inbox.owner)?);
        Ok(Rc::clone(local.reactor.get_or_init(|| reactor)))
    }

    /// Returns a reactor without sockets, whose wait the thread's bell ends.
    fn new(owner: &Thread) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        // Edge-triggered, so that it need not be read: each write is told once.
        let data = epoll::EventData::new_u64(bell.as_raw_fd() as u64);
        epoll::add(&epoll, &bell, data, EventFlags::IN | EventFlags::ET)?;
        owner.bell.set(bell).expect("a thread has one reactor for each executor");
        Ok(Self { epoll, sources: RefCell::default(), events: Cell::new(Vec::with_capacity(1024)) })
    }

    /// Waits until a socket is ready, a waker rings, or the time is over, and wakes the tasks whose
    /// sockets are ready. A socket that was dropped meanwhile, and whose number is another's now,
    /// makes that one's task try in vain: no harm.
    pub(super) fn wait(&self, timeout: Duration) {
        let mut events = self.events.take();
        // What is too long for the kernel is no limit.
        let timeout = Timespec::try_from(timeout).ok();
        // It fails if a signal has come: then there are no events.
        let _ = epoll::wait(&self.epoll, spare_capacity(&mut events), timeout.as_ref());
        for epoll::Event { flags, data, .. } in events.drain(..) {
            let source = self.sources.borrow().get(data.u64() as usize).cloned().flatten();
            if let Some(source) = source {
                source.tell(flags);
                // A waker may have dropped its socket: then the other way's waker goes here.
                contain(|| drop(source));
            }
        }
        self.events.set(events);
    }
}

/// A socket for a stream of bytes, which tasks read and write, each way by one task at a time. It
/// belongs to the executor that runs the task which makes it.
pub struct Socket<T: AsFd> {
    io: T,
    /// That of its descriptor when it was made: `AsFd` is foreign code, which may name another.
    number: usize,
    source: Rc<Source>,
    reactor: Rc<Reactor>,
}

impl<T: AsFd> std::fmt::Debug for Socket<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Socket({})", self.io.as_fd().as_raw_fd())
    }
}

impl<T: AsFd> Socket<T> {
    /// Makes a socket non-blocking, and adds it to the reactor of the executor that runs the caller.
    ///
    /// # Errors
    /// The system has no descriptors for a reactor, or this is no socket.
    ///
    /// # Panics
    /// Outside of an executor.
    pub fn new(io: T) -> io::Result<Self> {
        let reactor = here(Reactor::of).expect("a socket is made inside an executor")?;
        rustix::io::ioctl_fionbio(&io, true)?;
        let number = io.as_fd().as_raw_fd() as usize;
        let data = epoll::EventData::new_u64(number as u64);
        let both = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::PRI;
        epoll::add(&reactor.epoll, &io, data, both | EventFlags::ET)?;
        let source = Rc::new(Source::default());
        let mut sources = reactor.sources.borrow_mut();
        if sources.len() <= number {
            sources.resize(number + 1, None);
        }
        sources[number] = Some(Rc::clone(&source));
        drop(sources);
        Ok(Self { io, number, source, reactor })
    }

    /// Returns what it was made of.
    pub fn get(&self) -> &T {
        &self.io
    }

    /// Tries something whenever it is ready, until it would not block.
    async fn when_ready<R>(
        &self,
        way: usize,
        mut io: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        poll_fn(|cx: &mut Context<'_>| {
            while !self.source.blocks[way].get() {
                match io(&self.io) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        self.source.blocks[way].set(true);
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    done => return Poll::Ready(done),
                }
            }
            drop(self.source.waker[way].replace(Some(cx.waker().clone())));
            Poll::Pending
        })
        .await
    }
}

impl<T: AsFd> Socket<T>
where
    for<'a> &'a T: Read + Write,
{
    /// Reads what has come, once something has; 0 bytes at the end.
    ///
    /// # Errors
    /// The connection is broken.
    ///
    /// # Cancel safety
    /// A read that is dropped has read nothing.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.when_ready(READ, |mut io| io.read(buffer)).await?;
        if length < buffer.len() && !self.source.closed.get() && self.short_is_last() {
            // It is drained: the next edge is told. This saves a read that would block.
            self.source.blocks[READ].set(true);
        }
        Ok(length)
    }

    /// Returns whether a read that does not fill its buffer has drained the socket. One of a Unix
    /// socket also ends behind a descriptor that was sent, or before another sender's bytes.
    fn short_is_last(&self) -> bool {
        let known = self.source.short_is_last.get();
        let is_last = known.unwrap_or_else(|| socket_protocol(&self.io) == Ok(Some(TCP)));
        self.source.short_is_last.set(Some(is_last));
        is_last
    }

    /// Writes all bytes; one that is dropped may have written some.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.when_ready(WRITE, |mut io| io.write(bytes)).await? {
                0 => return Err(ErrorKind::WriteZero.into()),
                length => bytes = &bytes[length..],
            }
        }
        Ok(())
    }
}

impl Socket<TcpListener> {
    /// Accepts the next connection.
    ///
    /// # Errors
    /// No descriptor is left, or the client is gone already.
    pub async fn accept(&self) -> io::Result<Socket<TcpStream>> {
        let (stream, _) = self.when_ready(READ, TcpListener::accept).await?;
        Socket::new(stream)
    }
}

impl<T: AsFd> Drop for Socket<T> {
    fn drop(&mut self) {
        // The place may be another's: it was closed elsewhere, and its number came again.
        let own = |source: &mut Rc<Source>| Rc::ptr_eq(source, &self.source);
        let removed = self.reactor.sources.borrow_mut()[self.number].take_if(own);
        if removed.is_some() && self.io.as_fd().as_raw_fd() as usize == self.number {
            let _ = epoll::delete(&self.reactor.epoll, &self.io);
        }
    }
}
