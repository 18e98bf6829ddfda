//! The player in the page of a lesson, in a real browser: `cargo test -p browser --test player`.
//!
//! The pages are those that the topics' binaries write; what they show is held against `--play` and
//! `--schedule` of the same binary.

mod access;
mod hostile;
mod lanes;
mod moves;
mod page;
mod replay;
