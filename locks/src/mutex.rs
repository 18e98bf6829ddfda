//! std's mutex, and how it is used wrongly: a guard that lives too long, a wait without a timeout,
//! a panic halfway.

pub mod guard_scope;
pub mod poison;
pub mod timed;
