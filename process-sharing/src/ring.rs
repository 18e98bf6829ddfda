//! A queue in shared memory, from one process to another, without a copy and, while both are awake,
//! without the kernel.
//!
//! The producer writes a message where the consumer will read it. [`Producer::reserve`] lends the
//! place; [`Slot::send`] publishes it, whole. The consumer is lent the very bytes, and gives the
//! place back by dropping the [`Message`].
//!
//! ```
//! use std::os::fd::AsFd;
//!
//! use process_sharing::ring::Ring;
//!
//! let ring = Ring::new(4096)?;
//! // Another process would have inherited the descriptor.
//! let mut consumer = Ring::open(ring.as_fd().try_clone_to_owned()?)?.consumer()?;
//! let mut producer = ring.producer()?;
//! let mut slot = producer.reserve(5)?;
//! slot.copy_from_slice(b"hello");
//! slot.send();
//! assert_eq!(&*consumer.receive()?, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The memory
//! One page with the [positions](crate::real::ring::positions), then the bytes, mapped twice in a
//! row: a message that begins at the end and goes on at the beginning is in one piece. Each begins
//! with 8 bytes, its length and where it starts. One of a page or more starts 16 bytes into a page,
//! as a large `Vec` does: a copy between two places whose offsets in the page differ by a few bytes
//! is many times slower.
//!
//! # When one end is gone
//! The other one is told, by [`Error::Closed`] or, when it was killed, by [`Error::Died`] some 10
//! ms later: the consumer when it has received all that was published, the producer when there is
//! no more room. Half a message is never received.
//!
//! To find out, an end that sleeps wakes up a hundred times a second: what waits for days had
//! better wait at a pipe.
//!
//! # Relationship with others
//! A pipe is the first thing to take: it needs no `unsafe`, no memory that both trust, and can be
//! waited for together with others. An `ipc-channel` sends channels, too. `iceoryx2` is this in
//! earnest: many at either end, and services that are found by name.
#![expect(unsafe_code, reason = "both ends reach into the same memory, each into its part")]

mod consumer;
mod producer;

pub use consumer::{Consumer, Message};
pub use producer::{Producer, Slot};

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::memory::{Mapping, PAGE, anonymous, kind};
use crate::real::owner::Owner;
use crate::real::ring::positions::{CLOSED, Patience, Position};

/// What both ends see of each other; it fits in the first page.
#[repr(C)]
struct Shared {
    /// Tells a ring from other memory, which begins with a number of its own.
    kind: AtomicU64,
    tail: Position,
    head: Position,
    /// Who has which end, 0 nobody: the consumer, then the producer.
    ends: [AtomicU64; 2],
}

const _: () = assert!(size_of::<Shared>() <= PAGE);

/// Before a message: 4 bytes of length, 4 of where it starts, counted from here.
const HEADER: usize = 8;
/// Where in a page a large message starts.
const IN_PAGE: usize = 16;
/// The most looks before a sleep: some 50 µs, about what it takes to wake another core.
const MOST_LOOKS: u32 = 2048;

/// Says what the other end no longer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It was dropped.
    Closed,
    /// Its process died without dropping it.
    Died {
        /// Which process that was.
        pid: u32,
    },
    /// A message of this length does not fit in the ring, however empty.
    TooLong {
        /// The longest that always does.
        longest: usize,
    },
    /// The other end has left something in the memory that no ring has: a position that went back
    /// or too far, or a message that is longer than what was published. Nothing of it was lent.
    Broken,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => write!(f, "the other end of the ring was closed"),
            Self::Died { pid } => {
                write!(f, "process {pid} died, which had the other end of the ring")
            }
            Self::TooLong { longest } => write!(f, "the ring has room for {longest} bytes"),
            Self::Broken => write!(f, "the other end of the ring has written what no ring has"),
        }
    }
}

impl std::error::Error for Error {}

/// A ring of which this process has no end yet.
#[derive(Debug)]
pub struct Ring {
    mapping: Mapping,
    capacity: usize,
}

/// The least capacity, and the greatest.
const LEAST: usize = 2 * PAGE;
const MOST: usize = 1 << 31;

/// Set in an end's owner: it has been taken, not only been promised.
const CLAIMED: u64 = 1 << 31;

/// The two ends, as indices of who has them.
#[derive(Clone, Copy, Debug)]
enum End {
    Consumer,
    Producer,
}

impl Ring {
    /// Makes a ring of `capacity` bytes, rounded up to a power of two: two [pages](PAGE) at the
    /// least, 2 GiB at the most.
    ///
    /// # Errors
    /// The capacity is larger, or the system has no memory, or no descriptor, to spare.
    pub fn new(capacity: usize) -> io::Result<Self> {
        let too_large =
            || io::Error::new(io::ErrorKind::InvalidInput, "a ring has 2 GiB at the most");
        let capacity =
            capacity.max(LEAST).checked_next_power_of_two().filter(|bytes| *bytes <= MOST);
        let ring = Self::map(anonymous(PAGE + capacity.ok_or_else(too_large)?)?)?;
        // Relaxed: a process that opens it gets the descriptor later, from this one.
        ring.shared().kind.store(kind::<Shared>(), Relaxed);
        Ok(ring)
    }

    /// Finds the ring that another process has made.
    ///
    /// What is checked here, and of each position and length when it is read, keeps this process
    /// from memory that is not the ring's, whatever the other end writes. The bytes of a message
    /// are the other end's word: one that goes on writing to them when it has sent them is not
    /// found out.
    ///
    /// # Errors
    /// The memory was not made for a ring, or could be made smaller by another process.
    pub fn open(memory: OwnedFd) -> io::Result<Self> {
        let ring = Self::map(memory)?;
        let odd =
            || io::Error::new(io::ErrorKind::InvalidData, "the memory was not made for a ring");
        if ring.shared().kind.load(Relaxed) == kind::<Shared>() { Ok(ring) } else { Err(odd()) }
    }

    fn map(memory: OwnedFd) -> io::Result<Self> {
        let mapping = Mapping::open_mirrored(memory, PAGE)?;
        let capacity = (mapping.len() - PAGE) / 2;
        let odd =
            || io::Error::new(io::ErrorKind::InvalidData, "the memory has not the size of a ring");
        // A length of a message, and where it starts, have 32 bits.
        let right = capacity.is_power_of_two() && (LEAST..=MOST).contains(&capacity);
        if right { Ok(Self { mapping, capacity }) } else { Err(odd()) }
    }

    /// Takes the end that sends.
    ///
    /// # Errors
    /// It was taken before, or is meant for another process:
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists).
    pub fn producer(self) -> io::Result<Producer> {
        self.claim(End::Producer)?;
        Ok(Producer { at: 0, given_back: 0, patience: Patience::new(MOST_LOOKS), ring: self })
    }

    /// Takes the end that receives.
    ///
    /// # Errors
    /// As [`producer`](Self::producer).
    pub fn consumer(self) -> io::Result<Consumer> {
        self.claim(End::Consumer)?;
        Ok(Consumer {
            at: 0,
            published: 0,
            given_back: 0,
            patience: Patience::new(MOST_LOOKS),
            ring: self,
        })
    }

    /// Says which process will take the other end: a child that was started with the descriptor. If
    /// it dies before it does, this end will be told; without this, it would wait for someone else
    /// to come.
    pub fn expect_consumer(&self, pid: u32) {
        self.expect(End::Consumer, pid);
    }

    /// As [`expect_consumer`](Self::expect_consumer), for the end that sends.
    pub fn expect_producer(&self, pid: u32) {
        self.expect(End::Producer, pid);
    }

    fn expect(&self, end: End, pid: u32) {
        // It fails if the child has been quicker.
        let _ = self.owner(end).compare_exchange(0, Owner::of(pid).bits(), Relaxed, Relaxed);
    }

    fn claim(&self, end: End) -> io::Result<()> {
        let (owner, me) = (self.owner(end), Owner::me().bits());
        // Relaxed: whoever reads the name asks the kernel about it, and nothing else.
        let claim = |from| owner.compare_exchange(from, me | CLAIMED, Relaxed, Relaxed).is_ok();
        let why = || {
            io::Error::new(io::ErrorKind::AlreadyExists, format!("the ring has a {end:?} already"))
        };
        if claim(0) || claim(me) { Ok(()) } else { Err(why()) }
    }

    fn shared(&self) -> &Shared {
        // SAFETY: the first page is larger than that, aligned, and mapped as long as `self`. It
        // began as 0, which is a value: atomics and words. Nobody reaches it otherwise.
        unsafe { self.mapping.address().cast().as_ref() }
    }

    fn owner(&self, end: End) -> &AtomicU64 {
        &self.shared().ends[end as usize]
    }

    /// Returns the address of a position, with `capacity` bytes behind it.
    fn bytes(&self, position: u64) -> NonNull<u8> {
        let offset = position as usize & (self.capacity - 1);
        // SAFETY: behind the first page, the bytes are mapped twice: `capacity` of them follow from
        // anywhere in the first half.
        unsafe { self.mapping.address().byte_add(PAGE + offset) }
    }

    /// Waits until the other end has moved on from where it was seen, by `most` bytes at the most.
    /// A position is read here alone, once, and is checked before it is gone by.
    fn wait(&self, end: End, seen: u64, most: u64, patience: &mut Patience) -> Result<u64, Error> {
        let position = match end {
            End::Producer => &self.shared().tail,
            End::Consumer => &self.shared().head,
        };
        let owner = || Owner::from_bits(self.owner(end).load(Relaxed));
        // An end that nobody has yet may still be taken.
        let is_alive = || owner().bits() == 0 || owner().is_alive();
        let now = position
            .wait(seen, patience, is_alive)
            .ok_or_else(|| Error::Died { pid: owner().pid() })?;
        if now == seen | CLOSED {
            return Err(Error::Closed);
        }
        // Closed, it may have moved on just before.
        let now = now & !CLOSED;
        // One that went back has moved on by more than there is.
        let right = now.is_multiple_of(HEADER as u64) && now.wrapping_sub(seen) <= most;
        if right { Ok(now) } else { Err(Error::Broken) }
    }
}

/// Shows how a ring is handed over: by its descriptor.
impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.mapping.as_fd()
    }
}
