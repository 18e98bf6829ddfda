//! An integer, a byte and a character, changed by a child: in shared memory, and in a private copy
//! of it.
//!
//! The child inherits the memory's descriptor. It does the same in all variants; how it maps the
//! memory makes the difference.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, Ordering::Relaxed};

use kit::child::Entry;
use kit::process_lane::{Lane, PARENT};
use zerocopy::FromBytes;

use crate::child::TalkingChild;
use crate::parent::{Parent, inherited, words};
use crate::shared_memory::{MapMode, RobustMutex, Shared};

/// Three values as plain old data. A `char` is stored as its number: not every number is a `char`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes)]
#[repr(C)]
pub struct Values {
    /// C's `long`.
    pub integer: i64,
    /// A Unicode character, C's `wchar_t`.
    pub wide: u32,
    /// C's `char`.
    pub byte: u8,
}

/// The values that the parent begins with.
pub const OLD: Values = Values { integer: 1, wide: 'a' as u32, byte: b'a' };
/// The values that the child writes; each differs from the old one.
pub const NEW: Values = Values { integer: -20, wide: '程' as u32, byte: b'z' };

/// The integer, the wide character and the byte, an atomic each. A reader may see some of them old and
/// some new. Relaxed: the parent reads them after it has reaped the child.
type Atomics = (AtomicI64, (AtomicU32, AtomicU8));

fn store((integer, (wide, byte)): &Atomics, values: Values) {
    integer.store(values.integer, Relaxed);
    wide.store(values.wide, Relaxed);
    byte.store(values.byte, Relaxed);
}

/// Lets a child change atomics, in memory that it maps in this mode, and returns what the parent
/// reads then.
pub fn atomics(program: &Path, mode: MapMode) -> io::Result<Values> {
    let atomics = Shared::<Atomics>::new()?;
    store(&atomics, OLD);
    changed_by(program, &CHILD, &atomics, &["atomics", mode.word()])?;
    let (integer, (wide, byte)) = &*atomics;
    Ok(Values {
        integer: integer.load(Relaxed),
        wide: wide.load(Relaxed),
        byte: byte.load(Relaxed),
    })
}

/// Lets a child change all three under one lock, and returns what the parent reads then.
pub fn locked(program: &Path) -> io::Result<Values> {
    let values = Shared::<RobustMutex<Values>>::new()?;
    *values.lock()? = OLD;
    changed_by(program, &CHILD, &values, &["locked", MapMode::Shared.word()])?;
    let values = *values.lock()?;
    Ok(values)
}

/// Starts a child with the memory, and waits for its exit.
pub(crate) fn changed_by(
    program: &Path,
    entry: &Entry,
    memory: &dyn AsFd,
    arguments: &[&str],
) -> io::Result<()> {
    let child = TalkingChild::start(program, entry, "child", &[memory], arguments)?;
    let _writes = Lane::shared("child").runs("writes");
    let _waits = PARENT.waits("the child's exit", "child");
    child.succeeds()
}

/// The child: maps the memory, and writes the new values.
pub const CHILD: Entry = Entry { name: "value", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [memory, how, mode] = words(arguments)?;
    let (memory, mode, _parent) = (inherited(memory)?, mode.parse()?, Parent::listen()?);
    if how == "locked" {
        *Shared::<RobustMutex<Values>>::open(memory, mode)?.lock()? = NEW;
    } else {
        let atomics = Shared::<Atomics>::open(memory, mode)?;
        store(&atomics, NEW);
    }
    Ok(())
}
