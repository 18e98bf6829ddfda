//! The answers of a worker, and the messages of them.
//!
//! An answer is one word if it is the result of a task in less than eight bytes: its length in the
//! lowest byte, and its bytes above that. Any other is a word with its kind and its length, and
//! then the payload, in as many words as it needs. It has no number: the channel keeps the order,
//! so the next answer is that of the first task in flight.

use std::time::Duration;

use serde::Serialize;

use super::channel::HEAD;
use super::protocol::append;
use super::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

/// The kind of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The task's result.
    Done,
    /// The message of a panic.
    Panicked,
    /// Why the task could not be read.
    Unreadable,
    /// Why the result could not be written.
    Unwritable,
    /// The tasks from the first number up to the second, which may be none, are returned: they were
    /// not begun, and will not be.
    Returned,
    /// The worker has its channels.
    Joined,
    /// The worker has run the initializer, and is ready for tasks.
    Ready,
    /// Why the initializer failed; the worker ends.
    Failed,
}

const KINDS: [Kind; 8] = [
    Kind::Done,
    Kind::Panicked,
    Kind::Unreadable,
    Kind::Unwritable,
    Kind::Returned,
    Kind::Joined,
    Kind::Ready,
    Kind::Failed,
];

/// An answer as it is read.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) kind: Kind,
    pub(crate) payload: &'a [u8],
}

/// What stands for an answer that is missing.
pub(crate) const CUT_OFF: Answer<'static> =
    Answer { kind: Kind::Unwritable, payload: b"the message is cut off" };

/// An answer as it is written.
#[derive(Clone, Copy)]
pub(crate) enum Said<'a> {
    /// The one word of a short result.
    Short(u64),
    Long(Kind, &'a [u8]),
}

/// The size of a word.
const WORD: usize = size_of::<u64>();
/// The lowest byte of an answer's first word, if the payload is not in it.
const LONG: u64 = 0xFF;

impl<'a> Said<'a> {
    /// Writes a result, into the vector if it is long; panics if its type does.
    #[inline]
    pub(crate) fn done(value: &impl Serialize, long: &'a mut Vec<u8>) -> Result<Self, String> {
        long.clear();
        let bytes = Bytes { word: 0, length: 0, long };
        let bytes = postcard::serialize_with_flavor(value, bytes);
        let Bytes { word, length, long } = bytes.map_err(|error| error.to_string())?;
        if length < WORD {
            return Ok(Self::Short(word << 8 | length as u64));
        }
        u32::try_from(long.len()).map_err(|_| "it is larger than 4 GiB".to_owned())?;
        Ok(Self::Long(Kind::Done, long))
    }

    /// Returns its first word.
    fn head(&self) -> u64 {
        match self {
            Self::Short(word) => *word,
            Self::Long(kind, payload) => (payload.len() as u64) << 32 | (*kind as u64) << 8 | LONG,
        }
    }

    /// Returns what follows in other words.
    fn payload(&self) -> &[u8] {
        match self {
            Self::Short(_) => &[],
            Self::Long(_, payload) => payload,
        }
    }
}

/// Where a result is written to: a word that never is in memory, while it is short; then a vector.
struct Bytes<'a> {
    word: u64,
    length: usize,
    long: &'a mut Vec<u8>,
}

impl postcard::ser_flavors::Flavor for Bytes<'_> {
    type Output = Self;

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        let before = self.length;
        self.length += bytes.len();
        if self.length < WORD {
            for (at, byte) in (before..).zip(bytes) {
                self.word |= u64::from(*byte) << (8 * at);
            }
        } else {
            if before < WORD {
                self.long.extend(&self.word.to_le_bytes()[..before]);
            }
            append(self.long, bytes);
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Self> {
        Ok(self)
    }
}

/// The answers to the tasks of a message, until they are sent: the main thread writes behind them
/// what another thread may be reading before.
pub(crate) struct Log {
    words: Box<[AtomicU64]>,
    written: AtomicU64,
}

/// The number of answers (in the upper half) and of words that are written, or sent.
pub(crate) type Mark = u64;

impl Log {
    pub(crate) fn new(words: usize) -> Self {
        Self { words: (0..words).map(|_| AtomicU64::new(0)).collect(), written: AtomicU64::new(0) }
    }

    /// Writes an answer behind the others, if there is room; it counts when the mark that is
    /// returned is set. One thread may do so.
    #[inline]
    pub(crate) fn write(&self, answer: &Said<'_>) -> Option<Mark> {
        // Relaxed: this thread alone changes it.
        let mark = self.written.load(Relaxed);
        let payload = answer.payload();
        let words = 1 + payload.len().div_ceil(WORD);
        let room = self.words.get(mark as u32 as usize..)?.get(..words)?;
        // Relaxed, here and below: `set` publishes them.
        room[0].store(answer.head(), Relaxed);
        if words > 1 {
            let (whole, rest) = payload.as_chunks();
            let mut last = [0; WORD];
            last[..rest.len()].copy_from_slice(rest);
            for (word, bytes) in room[1..].iter().zip(whole.iter().chain([&last])) {
                word.store(u64::from_le_bytes(*bytes), Relaxed);
            }
        }
        Some(mark + (1 << 32 | words as u64))
    }

    #[inline]
    pub(crate) fn set(&self, mark: Mark) {
        // Release: its partner is the Acquire in `Message::append`.
        self.written.store(mark, Release);
    }
}

/// A message of answers: room for its length; the nanoseconds that the worker took; the number of
/// answers that end no task, and of those that end one; these answers, in this order.
pub(crate) struct Message(Vec<u8>);

const MESSAGE_HEAD: usize = HEAD + 16;

impl Message {
    pub(crate) fn new(busy: Duration, other: Option<&Said<'_>>) -> Self {
        let busy = u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX);
        let mut message = Self(vec![0; HEAD]);
        message.0.extend(busy.to_le_bytes());
        message.0.extend(u64::from(other.is_some()).to_le_bytes());
        other.into_iter().for_each(|answer| message.push_words(answer));
        message
    }

    fn push_words(&mut self, answer: &Said<'_>) {
        self.0.extend(answer.head().to_le_bytes());
        self.0.extend(answer.payload());
        self.0.resize(self.0.len().next_multiple_of(WORD), 0);
    }

    fn count(&mut self, more: u32) {
        let count = self.0[MESSAGE_HEAD - 4..].first_chunk_mut().expect("it has a head");
        *count = (u32::from_le_bytes(*count) + more).to_le_bytes();
    }

    /// Adds an answer that ends a task.
    pub(crate) fn push(&mut self, answer: &Said<'_>) {
        self.count(1);
        self.push_words(answer);
    }

    /// Adds the answers that were written since the mark; returns the mark behind them.
    pub(crate) fn append(&mut self, log: &Log, from: Mark) -> Mark {
        // Acquire: its partner is the Release in `Log::set`.
        let to = log.written.load(Acquire);
        self.count((to >> 32) as u32 - (from >> 32) as u32);
        let words = &log.words[from as u32 as usize..to as u32 as usize];
        self.0.reserve(words.len() * WORD);
        for word in words {
            self.0.extend(word.load(Relaxed).to_le_bytes());
        }
        to
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// What a message of answers says.
pub(crate) struct Answers<'a> {
    /// The nanoseconds that the worker took.
    pub(crate) busy: u64,
    /// The number of answers that end no task, which come first.
    pub(crate) others: usize,
    /// The number of those that end one.
    pub(crate) ends: usize,
    rest: &'a [[u8; WORD]],
}

impl<'a> Answers<'a> {
    pub(crate) fn of(message: &'a [u8]) -> Option<Self> {
        let (busy, rest) = message.split_first_chunk()?;
        let (others, rest) = rest.split_first_chunk()?;
        let (ends, rest) = rest.split_first_chunk()?;
        Some(Self {
            busy: u64::from_le_bytes(*busy),
            others: u32::from_le_bytes(*others) as usize,
            ends: u32::from_le_bytes(*ends) as usize,
            rest: rest.as_chunks().0,
        })
    }
}

impl<'a> Iterator for Answers<'a> {
    type Item = Answer<'a>;

    #[inline]
    fn next(&mut self) -> Option<Answer<'a>> {
        let (word, rest) = self.rest.split_first()?;
        let length = usize::from(word[0]);
        if length < WORD {
            self.rest = rest;
            return Some(Answer { kind: Kind::Done, payload: &word[1..=length] });
        }
        let head = u64::from_le_bytes(*word);
        let (kind, length) = (*KINDS.get(usize::from(word[1]))?, (head >> 32) as usize);
        let (payload, rest) = rest.split_at_checked(length.div_ceil(WORD))?;
        self.rest = rest;
        Some(Answer { kind, payload: &payload.as_flattened()[..length] })
    }
}
