//! Four integers in a row, changed by a child: to what they were, which shows nothing, and to
//! something new.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

use crate::memory::Shared;
use crate::memory_role::MemoryRole;
use crate::robust_mutex::RobustMutex;
use crate::value::{Kept, changed_by_a_child};

/// The integers, under one lock: whoever reads them reads all four as one left them.
pub type Array = RobustMutex<[i32; 4]>;

/// What the parent begins with.
pub const OLD: [i32; 4] = [1, 2, 3, 4];
/// Something else, in every place.
pub const NEW: [i32; 4] = [10, 20, 30, 40];

/// Lets a child write these four, and returns what its parent reads then.
///
/// # Errors
/// The child cannot be started, or fails.
pub fn run(program: &Path, kept: Kept, written: [i32; 4]) -> io::Result<[i32; 4]> {
    let array = Shared::<Array>::new()?;
    let whole = || array.lock().map_err(|_| io::Error::other("the child died with the lock"));
    *whole()? = OLD;
    let private = kept == Kept::Private;
    let role = MemoryRole::Array { memory: array.as_fd().as_raw_fd(), private, written };
    changed_by_a_child(program, role, &array)?;
    let array = *whole()?;
    Ok(array)
}

/// Writes the four: what the child does.
pub(crate) fn in_a_child(memory: OwnedFd, private: bool, written: [i32; 4]) -> io::Result<()> {
    let open = if private { Shared::<Array>::open_private } else { Shared::open };
    let array = open(memory)?;
    *array.lock().map_err(|_| io::Error::other("the parent died with the lock"))? = written;
    Ok(())
}
