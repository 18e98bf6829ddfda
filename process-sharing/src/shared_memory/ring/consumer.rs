//! The end that receives, and the messages that it lends.

use std::ops::{Deref, Range};
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{CLOSED, End, Error, HEADER, Patience, Ring};

/// The end of a ring that receives. Dropping it closes the end.
#[derive(Debug)]
pub struct Consumer {
    pub(super) ring: Ring,
    /// The position up to which it has received.
    pub(super) at: u64,
    /// The position up to which the producer had published when it was last read.
    pub(super) published: u64,
    /// The position up to which the producer may write again.
    pub(super) released: u64,
    pub(super) patience: Patience,
}

impl Consumer {
    /// Returns the next message, where the producer has written it.
    ///
    /// # Errors
    /// The producer is gone, and all that it sent has been received; or what it has written is [no
    /// message](Error::Broken).
    ///
    /// # Blocking
    /// Until there is a message, or the producer is gone. It waits for a producer that is stopped, or
    /// that no process has claimed yet.
    #[inline]
    pub fn receive(&mut self) -> Result<Message<'_>, Error> {
        let place = self.next()?;
        self.wait_until(place.end)?;
        Ok(Message { consumer: self, place })
    }

    /// Copies the next message to `copy`, in place of what is there. It copies each piece of a long
    /// message while the producer copies the next one.
    ///
    /// It blocks as [`receive`](Self::receive) does. After an error, a part of a message may be in
    /// `copy`.
    pub fn receive_into(&mut self, copy: &mut Vec<u8>) -> Result<(), Error> {
        let Place { start, len, end } = self.next()?;
        // Ours publishes the start together with the header.
        self.wait_until(self.at + start as u64)?;
        copy.clear();
        copy.reserve(len);
        loop {
            let there = ((self.published - self.at) as usize).min(start + len);
            copy.extend_from_slice(self.published(start + copy.len()..there));
            if copy.len() == len {
                self.release(end);
                return Ok(());
            }
            self.wait_until(self.published + 1)?;
        }
    }

    /// Waits for the header of the next message, and returns where that lies.
    #[inline]
    fn next(&mut self) -> Result<Place, Error> {
        self.wait_until(self.at + 1)?;
        let first = self.ring.bytes(self.at);
        // SAFETY: at least 8 bytes follow `first`, in one piece, for positions are multiples of 8, and
        // so it is aligned. Any bytes are a number. It is read once, as an atomic: what is checked
        // below is what is used, even if the producer writes to it meanwhile, which ours does not.
        let header = unsafe { first.cast::<AtomicU64>().as_ref() }.load(Relaxed);
        let (len, start) = (header & u64::from(u32::MAX), header >> 32);
        let needed = (start + len).next_multiple_of(HEADER as u64);
        if start < HEADER as u64 || needed > self.ring.capacity as u64 {
            return Err(Error::Broken);
        }
        Ok(Place { start: start as usize, len: len as usize, end: self.at + needed })
    }

    /// Waits until the producer has published what is before a position.
    #[inline]
    fn wait_until(&mut self, position: u64) -> Result<(), Error> {
        while self.published < position {
            let most = self.at + self.ring.capacity as u64 - self.published;
            let seen = self.published;
            self.published = self.ring.wait(End::Producer, seen, most, &mut self.patience)?;
        }
        Ok(())
    }

    /// Returns bytes that are published, counted from the header of the next message.
    #[inline]
    fn published(&self, bytes: Range<usize>) -> &[u8] {
        assert!(bytes.end as u64 <= self.published - self.at, "the producer may write to them");
        let first = self.ring.bytes(self.at);
        // SAFETY: the range ends before `published`, and that is at most `capacity` bytes after `at`,
        // as `wait` has checked: so all of it is within the `capacity` bytes that follow `first`,
        // which stay mapped as long as the ring. The producer has published it (Release, Acquire),
        // and does not write there again until `release`, which takes the consumer by `&mut`.
        unsafe { slice::from_raw_parts(first.byte_add(bytes.start).as_ptr(), bytes.len()) }
    }

    /// Releases what is before a position, together with small messages before it: the next one is
    /// read before the producer needs its place.
    #[inline]
    fn release(&mut self, end: u64) {
        self.at = end;
        let much = self.ring.capacity as u64 / 8;
        if self.at == self.published || self.at - self.released >= much {
            self.released = self.at;
            self.ring.shared().head.move_to(self.at);
        }
    }

    /// Returns the number of its sleeps.
    pub fn sleeps(&self) -> u64 {
        self.patience.sleeps
    }
}

impl Ring {
    /// Has the processor fetch the first two cache lines of the message that will be at a position,
    /// together with the position that is polled, not after it.
    pub(super) fn fetch(&self, position: u64) {
        #[cfg(target_arch = "x86_64")]
        for line in [0, 64] {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            // SAFETY: the address is within the mapping: `capacity` bytes follow `bytes`. A prefetch
            // is a hint: it reads nothing that the program sees, and does not fault.
            unsafe {
                _mm_prefetch::<_MM_HINT_T0>(self.bytes(position).byte_add(line).as_ptr().cast());
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = position;
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.ring.shared().head.move_to(self.at | CLOSED);
    }
}

/// A message in its place. Dropping it releases the place.
///
/// rustc refuses to read on after that:
///
/// ```compile_fail,E0505
/// # let ring = process_sharing::shared_memory::ring::Ring::new(4096).unwrap();
/// # let mut consumer = ring.consumer().unwrap();
/// let message = consumer.receive().unwrap();
/// let bytes: &[u8] = &message;
/// drop(message);
/// assert_eq!(bytes, b"hello");
/// ```
#[derive(Debug)]
pub struct Message<'a> {
    consumer: &'a mut Consumer,
    place: Place,
}

/// Where a message lies: its start, counted from its header, its length, and the position of the
/// next one.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    len: usize,
    end: u64,
}

impl Deref for Message<'_> {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        self.consumer.published(self.place.start..self.place.start + self.place.len)
    }
}

impl Drop for Message<'_> {
    #[inline]
    fn drop(&mut self) {
        self.consumer.release(self.place.end);
    }
}
