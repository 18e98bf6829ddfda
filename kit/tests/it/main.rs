//! What the kit promises its lessons.

mod signals;
