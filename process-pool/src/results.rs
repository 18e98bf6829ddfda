//! Many results: in the order of the tasks, and as they come.

pub mod as_completed;
pub mod map;
