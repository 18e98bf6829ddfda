//! A ring buffer in shared memory, from one process to another: without a copy and, while both are
//! awake, without a system call.
//!
//! The producer writes a message where the consumer will read it. [`Producer::reserve`] lends the
//! place; [`Slot::send`] publishes it, whole. The consumer borrows the same bytes, and releases the
//! place by dropping the [`Message`].
//!
//! ```
//! use std::os::fd::AsFd;
//!
//! use process_sharing::shared_memory::ring::Ring;
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
//! One page with the [positions](super::positions), then the bytes, mapped twice in a row: a
//! message that begins at the end and goes on at the beginning is in one piece. Each begins with a
//! header of 8 bytes, its length and its start, which tells that it is there. A message of a page
//! or more starts 16 bytes into a page, as a large `Vec` does: a copy to a place whose offset in
//! its page is 8 bytes larger took 20 times as long.
//!
//! For small messages, one at a time, a ring is quickest while it fits in the first-level cache of
//! both cores: choose a capacity no larger than the messages under way need. A stream of messages
//! of some KiB is quicker through one that is larger than the second-level caches, and smaller than
//! a third-level cache that both cores share: the crate's page has a table ("How large a ring
//! should be").
//!
//! [`Producer::send`] publishes a message of more than 64 KiB in pieces, and
//! [`Consumer::receive_into`] copies a piece while the next one is copied in. If the ring is empty,
//! such a message goes to its beginning, where the caches still have the one before it.
//!
//! # When one end is gone
//! The other one is told, by [`Error::Closed`] or, when it was killed, by [`Error::Died`] some 10
//! ms later: the consumer when it has received all that was published, the producer when there is
//! no more room. Half a message is never received. A process that is stopped (SIGSTOP) lives: the
//! other end waits until it goes on.
//!
//! To find out, an end that sleeps wakes up a hundred times a second: a process that waits for days
//! had better wait at a pipe.
//!
//! # Relationship with others
//! A pipe is the first thing to take: it needs no `unsafe`, no memory that both trust, and can be
//! polled together with others. An `ipc-channel` sends channels, too. `iceoryx2` is this idea for
//! production: many processes at either end, and services that are found by name.
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

use super::memory::{Mapping, PAGE, anonymous};
use super::patience::Patience;
use super::positions::{Gone, Position, lap};
use super::process_id::ProcessId;
use super::shared::kind;

/// What both ends share beside the bytes; it fits in the first page.
#[repr(C)]
struct Shared {
    /// The number by which a ring is told from other memory.
    kind: AtomicU64,
    tail: Position,
    head: Position,
    /// The process that has the consumer, and the one that has the producer; 0 if none has.
    ends: [AtomicU64; 2],
}

const _: () = assert!(size_of::<Shared>() <= PAGE);

/// The bytes of a header: 32 bits of the message's length, 31 of its start, counted from the
/// header, and the [lap](super::positions::LAP).
const HEADER: usize = 8;
/// The offset in a page at which a large message starts.
const IN_PAGE: usize = 16;
/// The length of the pieces in which a long message is published. A shorter one is whole when its
/// header is there.
const PIECE: usize = 64 << 10;
/// The most spins before a sleep: 60 to 80 µs on an Intel Xeon, as its clock is, and 100 on an AMD
/// EPYC. To fall asleep and to be woken by another core takes 20 to 40 µs there.
const MOST_SPINS: u32 = 4096;

/// The reason why an end of a ring cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The other end was dropped.
    Closed,
    /// The process of the other end died without dropping it.
    Died {
        /// Its PID.
        pid: u32,
    },
    /// A message of this length does not fit in the ring, however empty.
    TooLong {
        /// The length of the longest message that always does.
        longest: usize,
    },
    /// The other end has written what no ring has: a position that went back or too far, or a message
    /// that is longer than the ring. No reference into it was made.
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

/// Set in an end's owner: the end was claimed, and not only expected.
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
    /// The checks here, and of each position and length when it is read, keep this process within
    /// the ring's memory, whatever the other end writes. The bytes of a message are not checked: an
    /// end that goes on writing to them after it has sent them is not found out.
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

    /// Claims the end that sends.
    ///
    /// # Errors
    /// It was claimed before, or is expected to be claimed by another process:
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists).
    pub fn producer(self) -> io::Result<Producer> {
        self.claim(End::Producer)?;
        Ok(Producer { at: 0, released: 0, patience: Patience::new(MOST_SPINS), ring: self })
    }

    /// Claims the end that receives, likewise.
    pub fn consumer(self) -> io::Result<Consumer> {
        self.claim(End::Consumer)?;
        Ok(Consumer { at: 0, released: 0, patience: Patience::new(MOST_SPINS), ring: self })
    }

    /// Announces the process that will claim the consumer: a child that was started with the
    /// descriptor. If it dies before it does so, this end is told; without the announcement it would
    /// wait for another process to come.
    pub fn expect_consumer(&self, pid: u32) {
        self.expect(End::Consumer, pid);
    }

    /// Announces the process that will claim the producer, likewise.
    pub fn expect_producer(&self, pid: u32) {
        self.expect(End::Producer, pid);
    }

    fn expect(&self, end: End, pid: u32) {
        // It fails if the child has been quicker.
        let _ = self.owner(end).compare_exchange(0, ProcessId::of(pid).bits(), Relaxed, Relaxed);
    }

    fn claim(&self, end: End) -> io::Result<()> {
        let (owner, me) = (self.owner(end), ProcessId::me().bits());
        // Relaxed: its reader asks the kernel about that process, and nothing else.
        let claim = |from| owner.compare_exchange(from, me | CLAIMED, Relaxed, Relaxed).is_ok();
        let why = || {
            io::Error::new(io::ErrorKind::AlreadyExists, format!("the ring has a {end:?} already"))
        };
        if claim(0) || claim(me) { Ok(()) } else { Err(why()) }
    }

    fn shared(&self) -> &Shared {
        // SAFETY: the mapping begins with a page, which is aligned and at least as large, and stays
        // mapped as long as `self`. It began as 0, and consists of atomics and words, of which any
        // bytes are values. Both processes reach it by `&` alone.
        unsafe { self.mapping.address().cast().as_ref() }
    }

    fn owner(&self, end: End) -> &AtomicU64 {
        &self.shared().ends[end as usize]
    }

    /// Returns the address of a position, which `capacity` bytes follow.
    fn bytes(&self, position: u64) -> NonNull<u8> {
        let offset = position as usize & (self.capacity - 1);
        // SAFETY: the offset is less than `capacity`, so the result lies within the mapping, which has
        // `PAGE + 2 * capacity` bytes: `capacity` of them follow.
        unsafe { self.mapping.address().byte_add(PAGE + offset) }
    }

    /// Returns the place of the header at a position.
    fn header(&self, position: u64) -> &AtomicU64 {
        // SAFETY: at least 8 bytes follow the position, in one piece, and it is a multiple of 8, so
        // it is aligned. Any bytes are a number. The place is the header's from when the message
        // before it is published until it is released itself: while either end may read it there,
        // both reach it as an atomic.
        unsafe { self.bytes(position).cast().as_ref() }
    }

    /// Returns the bit that a header at this position has.
    fn lap(&self, position: u64) -> u64 {
        lap(position, self.capacity as u64)
    }

    /// Waits for what the other end is to do.
    fn wait<T>(
        &self,
        end: End,
        patience: &mut Patience,
        there: impl Fn() -> Option<T>,
    ) -> Result<T, Error> {
        let Shared { tail, head, .. } = self.shared();
        let (own, position) = match end {
            End::Producer => (head, tail),
            End::Consumer => (tail, head),
        };
        let owner = || ProcessId::from_bits(self.owner(end).load(Relaxed));
        // An end that no process has yet may still be claimed.
        let is_alive = || owner().bits() == 0 || owner().is_alive();
        position.wait(own, patience, there, is_alive).map_err(|gone| match gone {
            Gone::Closed => Error::Closed,
            Gone::Died => Error::Died { pid: owner().pid() },
        })
    }
}

/// The descriptor by which a ring is handed over.
impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.mapping.as_fd()
    }
}
