//! What the kit promises its lessons.

mod child;
mod signals;
