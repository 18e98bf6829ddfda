//! An integer, a byte and a character, changed by a child to new values: in shared memory, and in a
//! copy of it.
//!
//! The child is handed the memory's descriptor. What it does is the same in all forms; how it has
//! the memory makes the difference.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, Ordering::Relaxed};

use tracing::info_span;
use zerocopy::FromBytes;

use crate::child::{DEADLINE, start};
use crate::memory::{Share, Shared};
use crate::memory_role::MemoryRole;
use crate::robust_mutex::RobustMutex;
use crate::role::Role;

/// What is shared, as plain old data. A `char` is shared as its number: not every number is one.
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

/// What the parent begins with.
pub const OLD: Values = Values { integer: 1, wide: 'a' as u32, byte: b'a' };
/// What the child changes it to: none of them is what it was.
pub const NEW: Values = Values { integer: -20, wide: '程' as u32, byte: b'z' };

/// The same, an atomic each. Nothing keeps one who looks from seeing some of them old and some new.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Atomics {
    // Relaxed: the parent looks when the child has ended.
    integer: AtomicI64,
    wide: AtomicU32,
    byte: AtomicU8,
}

// SAFETY: atomics alone, which may be shared.
#[expect(unsafe_code, reason = "what may be shared has to be vouched for")]
unsafe impl Share for Atomics {}

impl Atomics {
    fn store(&self, values: Values) {
        self.integer.store(values.integer, Relaxed);
        self.wide.store(values.wide, Relaxed);
        self.byte.store(values.byte, Relaxed);
    }

    fn load(&self) -> Values {
        Values {
            integer: self.integer.load(Relaxed),
            wide: self.wide.load(Relaxed),
            byte: self.byte.load(Relaxed),
        }
    }
}

/// Says how the child has the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// As its parent has it.
    Shared,
    /// As a copy of its own.
    Private,
}

/// Lets a child change atomics, and returns what its parent reads then.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn atomics(program: &Path, kept: Kept) -> io::Result<Values> {
    let atomics = Shared::<Atomics>::new()?;
    atomics.store(OLD);
    let memory = atomics.as_fd().as_raw_fd();
    let private = kept == Kept::Private;
    changed_by_a_child(program, MemoryRole::Atomics { memory, private }, &atomics)?;
    Ok(atomics.load())
}

/// Lets a child change all three under one lock, and returns what its parent reads then.
///
/// # Errors
/// As [`atomics`]; or the child died with the lock.
pub fn locked(program: &Path) -> io::Result<Values> {
    let values = Shared::<RobustMutex<Values>>::new()?;
    let whole = || values.lock().map_err(|_| io::Error::other("the child died with the lock"));
    *whole()? = OLD;
    let memory = values.as_fd().as_raw_fd();
    changed_by_a_child(program, MemoryRole::Values { memory }, &values)?;
    let values = *whole()?;
    Ok(values)
}

/// Starts a child in a role, with the memory, and waits for it.
pub(crate) fn changed_by_a_child(
    program: &Path,
    role: MemoryRole,
    memory: &impl AsFd,
) -> io::Result<()> {
    let lane = |name, span: fn() -> tracing::Span| info_span!("lane", lane = name).in_scope(span);
    let _parent = lane("parent", || info_span!("waits", what = "the child's end", from = "child"));
    let _child = lane("child", || info_span!("runs", what = "writes"));
    start(program, Role::Memory(role), &[memory.as_fd()], DEADLINE)?.answer().map(drop)
}

/// Changes the atomics: what the child does.
pub(crate) fn change_atomics(memory: OwnedFd, private: bool) -> io::Result<()> {
    let open = if private { Shared::<Atomics>::open_private } else { Shared::open };
    open(memory)?.store(NEW);
    Ok(())
}

/// Changes the values under their lock: what the child does.
pub(crate) fn change_values(memory: OwnedFd) -> io::Result<()> {
    let values = Shared::<RobustMutex<Values>>::open(memory)?;
    *values.lock().map_err(|_| io::Error::other("the parent died with the lock"))? = NEW;
    Ok(())
}
