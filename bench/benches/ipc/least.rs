//! The least that carries a message of 64 bytes and its length from one process to another and is
//! contiguous there: two cache lines, one with the bytes, one with the word that tells that they
//! are there, and how many. Nothing is checked, neither side can sleep, and there is no room to
//! wait for: a message is the answer to the last one.
#![allow(unsafe_code, reason = "what is shared has to be vouched for")]

use std::cell::UnsafeCell;
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Release};

use process_sharing::shared_memory::{Share, Shared};

use super::limits::spin_until;
use super::means::{Means, Receives, Sends, look};

const BYTES: usize = 64;

/// The number of places, which are used in turn, as those of a ring are: what a line takes from
/// core to core depends on where it lies.
const PLACES: usize = 64;

#[repr(C, align(128))]
struct Place {
    bytes: UnsafeCell<[u8; BYTES]>,
    /// The number of the message, and that of its bytes.
    told: AtomicU64,
}

#[repr(C)]
struct Places([Place; PLACES]);

// SAFETY: the word is an atomic. The bytes are written by the one process that sends, and read by
// the one that receives when the word has told it to; the places are used in turn, and an answer
// comes before the next message.
unsafe impl Sync for Places {}
// SAFETY: all bytes are values of it, 0 too; it holds no address and needs no drop.
unsafe impl Share for Places {}

pub(crate) struct Least;

/// One side of it.
pub(crate) struct Side {
    places: Rc<Shared<Places>>,
    turn: u64,
}

impl Means for Least {
    const NAME: &'static str = "two lines (limit)";
    const LARGEST: usize = BYTES;
    type Sends = Side;
    type Receives = Side;
    fn channel(_size: usize) -> (Side, Side) {
        let places = Rc::new(Shared::<Places>::new().expect("there is memory"));
        let side = || Side { places: places.clone(), turn: 0 };
        (side(), side())
    }
}

impl Side {
    fn next(&mut self) -> (u64, &Place) {
        self.turn += 1;
        (self.turn, &self.places.0[self.turn as usize % PLACES])
    }
}

impl Sends for Side {
    fn send(&mut self, message: &[u8]) {
        let (turn, place) = self.next();
        let len = message.len().min(BYTES);
        // SAFETY: a place has room for `BYTES` bytes, and is this side's until it is told of.
        unsafe { ptr::copy_nonoverlapping(message.as_ptr(), place.bytes.get().cast(), len) };
        place.told.store(turn << 32 | len as u64, Release);
    }
}

impl Receives for Side {
    fn look(&mut self) -> u64 {
        let mut copy = vec![0; BYTES];
        self.receive(&mut copy);
        look(&copy)
    }

    fn receive(&mut self, message: &mut Vec<u8>) {
        let (turn, place) = self.next();
        let mut told = 0;
        spin_until(|| {
            fetch(place.bytes.get().cast());
            told = place.told.load(Acquire);
            told >> 32 == turn
        });
        let len = (told as u32 as usize).min(message.len()).min(BYTES);
        // SAFETY: both have room for `len` bytes, which are there: the word has told so.
        unsafe { ptr::copy_nonoverlapping(place.bytes.get().cast(), message.as_mut_ptr(), len) };
    }
}

/// Has the processor fetch the bytes together with the word that is polled, not after it.
fn fetch(line: *const i8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch is a hint: it reads nothing that the program sees, and does not fault.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(line);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = line;
}
