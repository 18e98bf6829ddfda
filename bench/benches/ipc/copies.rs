//! What no means that copies can be quicker than: bare copies into memory that both processes have
//! mapped, and out of it. Nothing is checked, neither side can sleep; all messages have one size.
#![allow(unsafe_code, reason = "what is shared has to be vouched for")]

use std::rc::Rc;
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Release};

use process_sharing::shared_memory::{Mapping, PAGE};

use super::limits::spin_until;
use super::means::{Means, Receives, Sends, look};

/// The length of the pieces that are handed over: the receiver copies one while the sender copies
/// the next.
const PIECE: usize = 64 << 10;

/// A number of places for a message, which are used in turns. Each has a flag: the number of bytes
/// in it, 0 once they have been received.
pub(crate) struct Copies<const PLACES: usize>;

/// The number of places of 4 KiB in 8 MiB: two pages each, as in the ring.
pub(crate) const MANY: usize = 1024;

/// One side of it.
pub(crate) struct Side<const PLACES: usize> {
    /// Pages with the flags, then the places.
    memory: Rc<Mapping>,
    size: usize,
    next: usize,
}

impl<const PLACES: usize> Means for Copies<PLACES> {
    const NAME: &'static str = if PLACES < MANY {
        "copies, a flag each (limit)"
    } else {
        "copies through 8 MiB, a flag each (limit)"
    };
    type Sends = Side<PLACES>;
    type Receives = Side<PLACES>;
    fn channel(size: usize) -> (Side<PLACES>, Side<PLACES>) {
        let bytes = Side::<PLACES>::FLAGS + PLACES * Side::<PLACES>::stride(size);
        let memory = Rc::new(Mapping::new(bytes).expect("there is memory"));
        let side = || Side { memory: memory.clone(), size, next: 0 };
        (side(), side())
    }
}

impl<const PLACES: usize> Side<PLACES> {
    /// The bytes of the pages with the flags.
    const FLAGS: usize = (PLACES * 128).next_multiple_of(PAGE);

    /// A place starts 16 bytes into a page, as a large `Vec` does.
    fn stride(size: usize) -> usize {
        (16 + size).next_multiple_of(PAGE)
    }

    fn flag(&self) -> &AtomicU64 {
        // SAFETY: it is on lines of its own within the first pages, which stay mapped as long as
        // `self`. Any bytes are a number.
        unsafe { self.memory.address().byte_add(128 * self.next).cast().as_ref() }
    }

    fn place(&self) -> *mut u8 {
        let offset = Self::FLAGS + self.next * Self::stride(self.size) + 16;
        // SAFETY: the mapping has `PLACES` places behind its flags, and `next` is one of them.
        unsafe { self.memory.address().byte_add(offset).as_ptr() }
    }

    fn done(&mut self, flag: usize) {
        self.flag().store(flag as u64, Release);
        self.next = (self.next + 1) % PLACES;
    }
}

impl<const PLACES: usize> Sends for Side<PLACES> {
    fn send(&mut self, message: &[u8]) {
        spin_until(|| self.flag().load(Acquire) == 0);
        let mut sent = 0;
        for piece in message.chunks(PIECE) {
            self.flag().store(sent as u64, Release);
            // SAFETY: a place has room for `size` bytes. Those behind the flag are this side's.
            unsafe { self.place().add(sent).copy_from_nonoverlapping(piece.as_ptr(), piece.len()) };
            sent += piece.len();
        }
        self.done(sent);
    }
}

impl<const PLACES: usize> Receives for Side<PLACES> {
    fn look(&mut self) -> u64 {
        spin_until(|| self.flag().load(Acquire) == self.size as u64);
        // SAFETY: all of the message is there, and is this side's until `done`.
        let seen = look(unsafe { slice::from_raw_parts(self.place(), self.size) });
        self.done(0);
        seen
    }

    fn receive(&mut self, message: &mut Vec<u8>) {
        let mut received = 0;
        while received < message.len() {
            let mut there = 0;
            spin_until(|| {
                there = self.flag().load(Acquire) as usize;
                there > received
            });
            // SAFETY: the bytes before the flag are this side's until `done`.
            let piece =
                unsafe { slice::from_raw_parts(self.place().add(received), there - received) };
            message[received..there].copy_from_slice(piece);
            received = there;
        }
        self.done(0);
    }
}
