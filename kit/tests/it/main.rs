//! What the kit promises its lessons.

mod child;
mod child_output;
mod interpreters;
mod signals;
