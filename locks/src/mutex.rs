//! std's mutex, and how it is used wrongly: a guard that lives too long, a wait without an end, a
//! panic halfway.

pub mod guard_scope;
pub mod poison;
pub mod timed;
