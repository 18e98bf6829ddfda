//! The end that receives, and the messages that it lends.

use std::ops::Deref;
use std::os::fd::{AsFd, BorrowedFd};
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{CLOSED, End, Error, HEADER, Patience, Ring};

/// The end of a ring that receives. Dropping it says that nobody will.
#[derive(Debug)]
pub struct Consumer {
    pub(super) ring: Ring,
    /// Up to where it has received.
    pub(super) at: u64,
    /// Up to where the producer had published when it was last looked at.
    pub(super) published: u64,
    /// Up to where the producer has been told that it may write again.
    pub(super) given_back: u64,
    pub(super) patience: Patience,
}

impl Consumer {
    /// Lends the next message, where the producer has written it.
    ///
    /// # Errors
    /// The producer is gone, and all that it sent has been received; or what it has written is [no
    /// message](Error::Broken).
    ///
    /// # Blocking
    /// Until there is a message, or the producer is gone. A ring without a producer is waited for.
    #[inline]
    pub fn receive(&mut self) -> Result<Message<'_>, Error> {
        if self.at == self.published {
            let most = self.ring.capacity as u64;
            self.published = self.ring.wait(End::Producer, self.at, most, &mut self.patience)?;
        }
        let first = self.ring.bytes(self.at);
        // SAFETY: 8 bytes of the ring, before the message, in one piece and aligned like all
        // positions. Read once, and as an atomic: what is checked below is what is gone by, even if
        // the producer writes to it meanwhile, which ours does not.
        let header = unsafe { first.cast::<AtomicU64>().as_ref() }.load(Relaxed);
        let (len, start) = (header & u64::from(u32::MAX), header >> 32);
        let needed = (start + len).next_multiple_of(HEADER as u64);
        if start < HEADER as u64 || needed > self.published - self.at {
            return Err(Error::Broken);
        }
        let (len, start, end) = (len as usize, start as usize, self.at + needed);
        // SAFETY: the message ends before `end`, which is not beyond `published`, and that lies at
        // most `capacity` bytes behind `at`, as `wait` has checked: so all of it is within the
        // `capacity` bytes behind `first`. The producer has published it, and writes there no more
        // until `end` is given back, which the drop does; there is one consumer, and the message
        // borrows it.
        let bytes = unsafe { slice::from_raw_parts(first.byte_add(start).as_ptr(), len) };
        Ok(Message { consumer: self, bytes, end })
    }

    /// Tells how often it has slept.
    pub fn sleeps(&self) -> u64 {
        self.patience.sleeps
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.ring.shared().head.move_to(self.at | CLOSED);
    }
}

impl AsFd for Consumer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ring.as_fd()
    }
}

/// A message in its place. Dropping it gives the place back.
///
/// rustc refuses to read on after that:
///
/// ```compile_fail,E0505
/// # let mut consumer = process_sharing::ring::Ring::new(4096).unwrap().consumer().unwrap();
/// let message = consumer.receive().unwrap();
/// let bytes: &[u8] = &message;
/// drop(message);
/// assert_eq!(bytes, b"hello");
/// ```
#[derive(Debug)]
pub struct Message<'a> {
    consumer: &'a mut Consumer,
    bytes: &'a [u8],
    end: u64,
}

impl Deref for Message<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

impl Drop for Message<'_> {
    #[inline]
    fn drop(&mut self) {
        let consumer = &mut *self.consumer;
        consumer.at = self.end;
        // Not each small message by itself: what there is to be read next is read before the
        // producer could want its room.
        let much = consumer.ring.capacity as u64 / 8;
        if consumer.at == consumer.published || consumer.at - consumer.given_back >= much {
            consumer.given_back = consumer.at;
            consumer.ring.shared().head.move_to(consumer.at);
        }
    }
}
