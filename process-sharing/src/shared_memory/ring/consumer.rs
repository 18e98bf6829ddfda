//! The end that receives, and the messages that it lends.

use std::ops::{Deref, Range};
use std::slice;

use super::super::positions::{CLOSED, LAP, header};
use super::{End, Error, HEADER, PIECE, Patience, Ring};

/// The end of a ring that receives. Dropping it closes the end.
#[derive(Debug)]
pub struct Consumer {
    pub(super) ring: Ring,
    /// The position up to which it has received.
    pub(super) at: u64,
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
        self.wait_for_more(&place, place.len.saturating_sub(1))?;
        Ok(Message { consumer: self, place })
    }

    /// Copies the next message to `copy`, in place of what is there. It copies each piece of a long
    /// message while the producer copies the next one.
    ///
    /// It blocks as [`receive`](Self::receive) does. After an error, a part of a message may be in
    /// `copy`.
    pub fn receive_into(&mut self, copy: &mut Vec<u8>) -> Result<(), Error> {
        let place = self.next()?;
        copy.clear();
        copy.reserve(place.len);
        loop {
            let there = self.wait_for_more(&place, copy.len())?;
            copy.extend_from_slice(self.published(&place, copy.len()..there));
            if there == place.len {
                self.release(place.end);
                return Ok(());
            }
        }
    }

    /// Waits for the header of the next message, and returns where that lies.
    #[inline]
    fn next(&mut self) -> Result<Place, Error> {
        let (at, lap) = (self.at, self.ring.lap(self.at));
        // It is read once: what is checked below is what is used, even if the producer writes to it
        // meanwhile, which ours does not.
        let header = self.wait(|ring| {
            ring.fetch_behind(at);
            header(ring.header(at), lap)
        })?;
        let (len, start) = (header & u64::from(u32::MAX), (header & !LAP) >> 32);
        let needed = (start + len).next_multiple_of(HEADER as u64);
        if start < HEADER as u64 || needed > self.ring.capacity as u64 {
            return Err(Error::Broken);
        }
        Ok(Place { start: start as usize, len: len as usize, end: at + needed })
    }

    /// Waits until more than `seen` bytes of a message are published, or all, and returns their
    /// number.
    #[inline]
    fn wait_for_more(&mut self, place: &Place, seen: usize) -> Result<usize, Error> {
        if place.len < PIECE {
            return Ok(place.len);
        }
        let first = self.at + place.start as u64;
        // A tail that is too far, or went back, lends no more than the message, and nothing.
        let there = |tail: u64| ((tail & !CLOSED).saturating_sub(first) as usize).min(place.len);
        self.wait(|ring| Some(there(ring.shared().tail.look())).filter(|there| *there > seen))
    }

    /// Waits for what the producer is to do.
    #[inline]
    fn wait<T>(&mut self, there: impl Fn(&Ring) -> Option<T>) -> Result<T, Error> {
        let Self { ring, patience, .. } = self;
        there(ring).map_or_else(|| ring.wait(End::Producer, patience, || there(ring)), Ok)
    }

    /// Returns bytes of a message that are published.
    #[inline]
    fn published(&self, place: &Place, bytes: Range<usize>) -> &[u8] {
        assert!(bytes.end <= place.len, "the producer may write to them");
        let first = self.ring.bytes(self.at);
        // SAFETY: the range ends at most `capacity` bytes after `first`, as `next` has checked of
        // the message: those follow `first`, and stay mapped as long as the ring. The producer has
        // published it (Release, Acquire), as `wait_for_more` has seen, and does not write there
        // again until `release`, which takes the consumer by `&mut`.
        unsafe {
            slice::from_raw_parts(first.byte_add(place.start + bytes.start).as_ptr(), bytes.len())
        }
    }

    /// Releases what is before a position. While a next message is there, that is put off until it
    /// is an eighth of the ring: so a position's cache line does not come and go with each message.
    #[inline]
    fn release(&mut self, end: u64) {
        self.at = end;
        let is_last = header(self.ring.header(end), self.ring.lap(end)).is_none();
        if is_last || end - self.released >= self.ring.capacity as u64 / 8 {
            self.released = end;
            self.ring.shared().head.move_to(end);
        }
    }

    /// Returns the number of its sleeps.
    pub fn sleeps(&self) -> u64 {
        self.patience.sleeps
    }
}

impl Ring {
    /// Has the processor fetch the cache line behind that of a header together with it, not after
    /// it.
    fn fetch_behind(&self, header: u64) {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            // SAFETY: the address is within the mapping: `capacity` bytes follow `bytes`. A prefetch
            // is a hint: it reads nothing that the program sees, and does not fault.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(self.bytes(header).byte_add(64).as_ptr().cast()) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = header;
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.ring.shared().head.close(self.at);
    }
}

/// A message in its place. Dropping it releases the place: at once if no other message is there yet,
/// otherwise with those behind it, an eighth of the ring or more at a time. So a producer that needs
/// room may have to wait until those are dropped as well.
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
        self.consumer.published(&self.place, 0..self.place.len)
    }
}

impl Drop for Message<'_> {
    #[inline]
    fn drop(&mut self) {
        self.consumer.release(self.place.end);
    }
}
