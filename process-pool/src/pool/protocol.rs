//! The messages between the pool and a worker.
//!
//! Three channels lead to each worker. Tasks go down one, answers come up another, both many to a
//! message: for a message costs microseconds, whatever is in it, and a task a few dozen
//! nanoseconds. The third, `control`, is for what must not wait behind tasks. The pool keeps its
//! end while the worker lives, so the end of `control` is the end of the pool.

use std::mem;
use std::panic::{self, AssertUnwindSafe};

use serde::{Deserialize, Serialize};

use super::channel::HEAD;

#[derive(Serialize, Deserialize)]
pub(crate) enum Control {
    /// The first message.
    Hello {
        /// The type of the tasks, by name: the worker has to know the same.
        task: String,
        /// The task that is to be run first.
        initializer: Option<Vec<u8>>,
    },
    /// The request to return the tasks that were not begun, for the running one takes long.
    ReturnUnstarted,
}

/// A message of tasks: room for its length, the number of the first task, how many there are, and
/// each behind its length.
pub(crate) struct Tasks {
    bytes: Vec<u8>,
    count: u32,
}

const TASKS_HEAD: usize = HEAD + 12;

/// The length up to which a message fits into an empty channel.
const SMALL: usize = 2048;

impl Tasks {
    /// Returns a message for this number of tasks.
    pub(crate) fn new(tasks: usize) -> Self {
        let mut bytes = Vec::with_capacity(TASKS_HEAD + 16 * tasks);
        bytes.resize(TASKS_HEAD, 0);
        Self { bytes, count: 0 }
    }

    /// Returns a message of one task, if it can be written in few bytes.
    pub(crate) fn small(task: &impl Serialize) -> Option<Self> {
        let mut bytes = vec![0; SMALL];
        let length = catch_panic(|| {
            postcard::to_slice(task, &mut bytes[TASKS_HEAD + 4..]).map(|used| used.len())
        });
        let length = length.ok()?.ok()?;
        bytes[TASKS_HEAD..TASKS_HEAD + 4].copy_from_slice(&(length as u32).to_le_bytes());
        bytes.truncate(TASKS_HEAD + 4 + length);
        Some(Self { bytes, count: 1 })
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a task; leaves the message as it is if the task cannot be written.
    pub(crate) fn push(&mut self, task: &impl Serialize) -> Result<(), String> {
        let start = self.bytes.len();
        self.bytes.extend([0; 4]);
        let length = write(&mut self.bytes, task).inspect_err(|_| self.bytes.truncate(start))?;
        self.bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
        self.count += 1;
        Ok(())
    }

    /// Returns the message, with the number of its first task.
    pub(crate) fn numbered(mut self, first: u64) -> Vec<u8> {
        self.bytes[HEAD..HEAD + 8].copy_from_slice(&first.to_le_bytes());
        self.bytes[HEAD + 8..TASKS_HEAD].copy_from_slice(&self.count.to_le_bytes());
        self.bytes
    }
}

/// Returns the numbers of the tasks in a message, and the rest of it.
pub(crate) fn tasks_of(message: &[u8]) -> Option<(std::ops::Range<u64>, &[u8])> {
    let (first, rest) = message.split_first_chunk()?;
    let (count, rest) = rest.split_first_chunk()?;
    let first = u64::from_le_bytes(*first);
    Some((first..first + u64::from(u32::from_le_bytes(*count)), rest))
}

/// Takes the next item, which stands behind its length.
pub(crate) fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let (payload, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(payload)
}

/// Writes a value; returns its length. Leaves what was written if it fails.
pub(crate) fn write(bytes: &mut Vec<u8>, value: &impl Serialize) -> Result<u32, String> {
    // A type's own Serialize may panic.
    catch_panic(|| encode(bytes, value)).flatten()
}

/// Writes a value as [`write`] does, and panics if its type does.
pub(crate) fn encode(bytes: &mut Vec<u8>, value: &impl Serialize) -> Result<u32, String> {
    let start = bytes.len();
    postcard::serialize_with_flavor(value, Append(bytes)).map_err(|error| error.to_string())?;
    u32::try_from(bytes.len() - start).map_err(|_| "it is larger than 4 GiB".to_owned())
}

/// Where values are written to: the end of a vector.
struct Append<'a>(&'a mut Vec<u8>);

impl postcard::ser_flavors::Flavor for Append<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        append(self.0, bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Appends bytes. A number is a few, and for them a call of `memcpy` takes longer than a loop.
#[inline]
pub(crate) fn append(to: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.len() > 16 {
        return to.extend(bytes);
    }
    to.reserve(16);
    bytes.iter().for_each(|byte| to.push(*byte));
}

/// Reads a value.
pub(crate) fn read<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, String> {
    catch_panic(|| decode(bytes)).flatten()
}

/// Reads a value, and panics if its type does.
#[inline]
pub(crate) fn decode<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, String> {
    match postcard::take_from_bytes(bytes).map_err(|error| error.to_string())? {
        (value, []) => Ok(value),
        (_, rest) => Err(format!("{} bytes were not read", rest.len())),
    }
}

/// Runs `body`; returns the message of a panic as an error, even if its payload panics too.
pub(crate) fn catch_panic<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    // What a panic has left half done is dropped.
    let caught = panic::catch_unwind(AssertUnwindSafe(body));
    caught.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("a panic without a text").to_owned();
        // A payload is of any type, whose drop may panic as well; the payload of that panic is
        // forgotten.
        if let Err(again) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            mem::forget(again);
        }
        text
    })
}

/// Returns a control message, with room for its length.
pub(crate) fn control(control: &Control) -> Vec<u8> {
    let mut bytes = vec![0; HEAD];
    postcard::to_io(control, &mut bytes)
        .expect("a text, bytes and nothing else can be written to memory");
    bytes
}
