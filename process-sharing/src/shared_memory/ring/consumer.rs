//! The end that receives, and the messages that it lends.

use std::ops::Deref;
use std::os::fd::{AsFd, BorrowedFd};
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
        if self.at == self.published {
            let most = self.ring.capacity as u64;
            self.published = self.ring.wait(End::Producer, self.at, most, &mut self.patience)?;
        }
        let first = self.ring.bytes(self.at);
        // SAFETY: at least 8 bytes follow `first`, in one piece, for positions are multiples of 8, and
        // so it is aligned. Any bytes are a number. It is read once, as an atomic: what is checked
        // below is what is used, even if the producer writes to it meanwhile, which ours does not.
        let header = unsafe { first.cast::<AtomicU64>().as_ref() }.load(Relaxed);
        let (len, start) = (header & u64::from(u32::MAX), header >> 32);
        let needed = (start + len).next_multiple_of(HEADER as u64);
        if start < HEADER as u64 || needed > self.published - self.at {
            return Err(Error::Broken);
        }
        let (len, start, end) = (len as usize, start as usize, self.at + needed);
        // SAFETY: the message ends before `end`, which is not beyond `published`, and that is at most
        // `capacity` bytes after `at`, as `wait` has checked: so all of it is within the `capacity`
        // bytes that follow `first`, which stay mapped as long as the ring. The producer has
        // published it (Release, Acquire), and does not write there again until the drop releases
        // `end`; there is one consumer, and the message borrows it exclusively.
        let bytes = unsafe { slice::from_raw_parts(first.byte_add(start).as_ptr(), len) };
        Ok(Message { consumer: self, bytes, end })
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

impl AsFd for Consumer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ring.as_fd()
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
        // Small messages are released together: the next one is read before the producer needs its
        // place.
        let much = consumer.ring.capacity as u64 / 8;
        if consumer.at == consumer.published || consumer.at - consumer.released >= much {
            consumer.released = consumer.at;
            consumer.ring.shared().head.move_to(consumer.at);
        }
    }
}
