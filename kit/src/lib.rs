//! What lessons are written with, once for all topics.
//!
//! A topic's library depends on this crate and on no other of the workspace. [`python`] starts the interpreter
//! that a lesson is compared with; [`signals`] gives a process the signal dispositions that its code counts on.

pub mod python;
pub mod signals;
