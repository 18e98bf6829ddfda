//! The locks themselves, a file each: states, orderings and their partners. They emit nothing and know no lesson.
//!
//! Each file is compiled on std, on the model checker's types, and once more in the tests on Loom's; so it takes `hint`,
//! `sync`, `thread` and `word` from its parent.

use super::{MOST_PAUSES, hint, sync, thread};

pub mod back_off;
mod cell;
pub mod spin;
