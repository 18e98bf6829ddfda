//! What the least of a pool carries from process to process: plain numbers, or bytes as the pool
//! makes them of values of any type, straight into a message and out of it.

use std::borrow::Borrow;
use std::io::{self, Read};

use postcard::ser_flavors::Flavor;
use serde::{Serialize, de::DeserializeOwned};

use super::least::MOST;

/// The most bytes of a task, and of a result.
const LARGE: usize = 16;

/// What a message consists of.
pub(super) trait Carried: Send + 'static {
    /// Writes it to the start of the room; returns the number of bytes.
    fn write(&self, room: &mut [u8]) -> usize;
    /// Takes it from the start of the message.
    fn take(message: &mut &[u8]) -> Self;
}

/// A number is copied.
impl Carried for u64 {
    fn write(&self, room: &mut [u8]) -> usize {
        *room.first_chunk_mut().expect("there is room") = self.to_ne_bytes();
        size_of::<Self>()
    }

    fn take(message: &mut &[u8]) -> Self {
        let (number, rest) = message.split_first_chunk().expect("it is sent");
        *message = rest;
        Self::from_ne_bytes(*number)
    }
}

/// A value that is carried as the pool carries it.
pub(super) struct Bytes<V>(pub(super) V);

impl<V: Serialize + DeserializeOwned + Send + 'static> Carried for Bytes<V> {
    fn write(&self, room: &mut [u8]) -> usize {
        postcard::serialize_with_flavor(&self.0, Room(room, 0)).expect("there is room")
    }

    fn take(message: &mut &[u8]) -> Self {
        let (value, rest) = postcard::take_from_bytes(message).expect("it is sent");
        *message = rest;
        Self(value)
    }
}

/// Where a value is written to, and how far. A loop is faster than `memcpy` for a few bytes.
struct Room<'a>(&'a mut [u8], usize);

impl Flavor for Room<'_> {
    type Output = usize;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        *self.0.get_mut(self.1).ok_or(postcard::Error::SerializeBufferFull)? = byte;
        self.1 += 1;
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        bytes.iter().try_for_each(|byte| self.try_push(*byte))
    }

    fn finalize(self) -> postcard::Result<usize> {
        Ok(self.1)
    }
}

/// A message: how many bytes follow, and these.
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn new() -> Self {
        Self(vec![0; 8 + MOST * LARGE])
    }

    /// Writes them all; returns the message.
    pub(super) fn write<C: Carried, B: Borrow<C>>(
        &mut self,
        all: impl Iterator<Item = B>,
    ) -> &[u8] {
        let mut end = 8;
        for one in all {
            end += one.borrow().write(&mut self.0[end..]);
        }
        *self.0.first_chunk_mut().expect("it has a head") = (end - 8).to_ne_bytes();
        &self.0[..end]
    }

    pub(super) fn receive(&mut self, from: &mut impl Read) -> io::Result<&[u8]> {
        let (length, rest) = self.0.split_first_chunk_mut().expect("it has a head");
        from.read_exact(length)?;
        let rest = &mut rest[..usize::from_ne_bytes(*length)];
        from.read_exact(rest)?;
        Ok(rest)
    }
}
