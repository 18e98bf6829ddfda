//! The end that sends, and the places that it lends.

use std::ops::{Deref, DerefMut, Range};
use std::sync::atomic::Ordering::Relaxed;
use std::{ptr, slice};

use super::super::positions::CLOSED;
use super::{End, Error, HEADER, IN_PAGE, PAGE, PIECE, Patience, Ring};

/// The length of the longest message that is copied a word at a time.
const SMALL: usize = 128;

/// The end of a ring that sends. Dropping it closes the end.
#[derive(Debug)]
pub struct Producer {
    pub(super) ring: Ring,
    /// The position up to which it has published.
    pub(super) at: u64,
    /// The position up to which the consumer had released when it was last read.
    pub(super) released: u64,
    pub(super) patience: Patience,
}

impl Producer {
    /// Returns the place of the next message, of `len` bytes, with old bytes in it. [`Slot::send`]
    /// sends it; if it is dropped, there was no message.
    ///
    /// # Errors
    /// The consumer is gone and there is no more room, or the message never fits; or the consumer has
    /// released [what it was not sent](Error::Broken).
    ///
    /// # Blocking
    /// Until the consumer has released enough, or is gone. It waits for a consumer that is stopped,
    /// or that no process has claimed yet.
    #[inline]
    pub fn reserve(&mut self, len: usize) -> Result<Slot<'_>, Error> {
        let longest = self.ring.capacity - PAGE - IN_PAGE;
        if len > longest {
            return Err(Error::TooLong { longest });
        }
        let start = if len < PAGE { HEADER } else { self.start_of_a_large_one(len) };
        let end = self.at + ((start + len).next_multiple_of(HEADER)) as u64;
        let capacity = self.ring.capacity as u64;
        while end - self.released > capacity {
            self.wait_for_room()?;
        }
        if end - self.released < capacity {
            // Relaxed: the header that is published next is visible only together with this one.
            self.ring.header(end).store(0, Relaxed);
        }
        let header = self.ring.lap(self.at) | (start as u64) << 32 | len as u64;
        Ok(Slot { producer: self, bytes: start..start + len, header, end })
    }

    /// Waits until the consumer has released more.
    fn wait_for_room(&mut self) -> Result<(), Error> {
        let Self { ring, at, released, patience } = self;
        let head = || ring.shared().head.look() & !CLOSED;
        let now =
            ring.wait(End::Consumer, patience, || Some(head()).filter(|now| now != released))?;
        // One that went back has wrapped, and thus moved on by more than there is.
        let right =
            now.is_multiple_of(HEADER as u64) && now.wrapping_sub(*released) <= *at - *released;
        if !right {
            return Err(Error::Broken);
        }
        *released = now;
        Ok(())
    }

    /// Sends a copy of a message. A long one is published piece by piece, so a consumer that
    /// [copies it](super::Consumer::receive_into) does so at the same time.
    /// Its errors are those of [`reserve`](Self::reserve), and it blocks as that does.
    #[inline]
    pub fn send(&mut self, message: &[u8]) -> Result<(), Error> {
        let (mut slot, mut rest) = (self.reserve(message.len())?, message);
        while let Some((piece, others)) = rest.split_at_checked(PIECE) {
            slot.send_first(piece);
            rest = others;
        }
        slot.copy(rest);
        slot.send();
        Ok(())
    }

    /// Returns the start of a large message, counted from the header. If the ring is empty, that is
    /// the ring's beginning, as far as there is room: memory that was used just now is in the caches.
    fn start_of_a_large_one(&mut self, len: usize) -> usize {
        let offset = self.at as usize & (self.ring.capacity - 1);
        let again = self.ring.capacity - offset + IN_PAGE;
        let fits = (again + len).next_multiple_of(HEADER) <= self.ring.capacity;
        if len > PIECE && fits && self.ring.shared().head.look() == self.at {
            self.released = self.at;
            return again;
        }
        let here = offset % PAGE;
        (2 * PAGE + IN_PAGE - here - HEADER) % PAGE + HEADER
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.ring.shared().tail.close(self.at);
    }
}

/// The place of a message that has not been sent.
///
/// A message that was sent is the consumer's, and rustc refuses to write to it:
///
/// ```compile_fail,E0382
/// # let ring = process_sharing::shared_memory::ring::Ring::new(4096).unwrap();
/// # let mut producer = ring.producer().unwrap();
/// let mut slot = producer.reserve(1).unwrap();
/// slot.send();
/// slot[0] = 1;
/// ```
// It keeps no reference to its bytes: rustc may rely on an exclusive reference in an argument until
// the function returns, and before `send` has returned, the consumer has the bytes.
#[derive(Debug)]
pub struct Slot<'a> {
    producer: &'a mut Producer,
    /// The bytes that are not published, counted from the header.
    bytes: Range<usize>,
    header: u64,
    end: u64,
}

impl Slot<'_> {
    /// Publishes the message, and wakes the consumer if it sleeps.
    #[inline]
    pub fn send(self) {
        self.publish(self.end);
        self.producer.at = self.end;
    }

    /// Copies the rest of a message. If it is small, that is from its end to its beginning, a word
    /// at a time: its second cache line is done before the first one, which the consumer polls, and
    /// no store reaches into both, so needs both at once.
    fn copy(&mut self, rest: &[u8]) {
        if rest.len() > SMALL {
            return self.copy_from_slice(rest);
        }
        let (place, last) = self.as_chunks_mut::<8>();
        let (words, bytes) = rest.as_chunks::<8>();
        last.copy_from_slice(bytes);
        for (to, word) in place.iter_mut().zip(words).rev() {
            // SAFETY: the 8 bytes are borrowed exclusively, and aligned: messages and pieces start
            // at multiples of 8. The write is volatile so that it stays one of a word.
            unsafe { ptr::from_mut(to).cast::<u64>().write_volatile(u64::from_ne_bytes(*word)) };
        }
    }

    /// Publishes the first part of the message, which the slot does not reach any more.
    fn send_first(&mut self, piece: &[u8]) {
        self[..piece.len()].copy_from_slice(piece);
        self.bytes.start += piece.len();
        let later = self.bytes.len().next_multiple_of(HEADER) as u64;
        self.publish(self.end - later);
    }

    /// Publishes the message up to a position, and its header, again for a further part.
    #[inline]
    fn publish(&self, tail: u64) {
        let Producer { ring, at, .. } = &*self.producer;
        ring.shared().tail.publish(tail, ring.header(*at), self.header);
    }

    #[inline]
    fn first(&self) -> *mut u8 {
        let header = self.producer.ring.bytes(self.producer.at);
        // SAFETY: `reserve` has seen the place to end at most `capacity` bytes after `released`,
        // and that is not beyond `at`, as `wait_for_room` has checked: so it is within the
        // `capacity` bytes that follow its header. The producer is borrowed, so `at` is still the
        // header's position.
        unsafe { header.byte_add(self.bytes.start) }.as_ptr()
    }
}

impl Deref for Slot<'_> {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: the bytes from `first` on are within the ring, which stays mapped as long as the
        // slot; any bytes are values. The consumer has released them (Release, Acquire), and reads
        // none of them before they are published, which takes the slot by value or by `&mut`.
        unsafe { slice::from_raw_parts(self.first(), self.bytes.len()) }
    }
}

impl DerefMut for Slot<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above. There is one producer, which the slot borrows exclusively, as this
        // borrows the slot: so there is no other reference.
        unsafe { slice::from_raw_parts_mut(self.first(), self.bytes.len()) }
    }
}
