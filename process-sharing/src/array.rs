//! Four integers in a row, overwritten by a child: with the values that were there, which shows
//! nothing, and with new ones.

use std::io;
use std::path::Path;

use kit::child::Entry;

use crate::parent::{Parent, inherited, number, words};
use crate::shared_memory::{MapMode, RobustMutex, Shared};
use crate::value::changed_by;

/// Four integers under one lock: a reader gets all four as one writer has left them.
pub type Array = RobustMutex<[i32; 4]>;

/// The integers that the parent begins with.
pub const OLD: [i32; 4] = [1, 2, 3, 4];
/// Other integers, in every place.
pub const NEW: [i32; 4] = [10, 20, 30, 40];

/// Lets a child write these four into memory that it maps in this mode, and returns what the parent
/// reads then.
pub fn run(program: &Path, mode: MapMode, written: [i32; 4]) -> io::Result<[i32; 4]> {
    let array = Shared::<Array>::new()?;
    *array.lock()? = OLD;
    let [a, b, c, d] = written.map(|number| number.to_string());
    changed_by(program, &CHILD, &array, &[mode.word(), &a, &b, &c, &d])?;
    let array = *array.lock()?;
    Ok(array)
}

/// The child: maps the memory, and writes the four integers that it is given.
pub const CHILD: Entry = Entry { name: "array", run: child };

fn child(arguments: &[String]) -> io::Result<()> {
    let [memory, mode, a, b, c, d] = words(arguments)?;
    let (memory, mode, _parent) = (inherited(memory)?, mode.parse()?, Parent::listen()?);
    let written = [number(a)?, number(b)?, number(c)?, number(d)?];
    *Shared::<Array>::open(memory, mode)?.lock()? = written;
    Ok(())
}
