//! What a thread has for itself (`thread_local!`), beside what all have together (`static`).
//!
//! A thread-local is written like a static, and is one for each thread: made when that thread first
//! asks for it, destroyed when the thread ends. That is its whole use, to need no lock, and its
//! whole danger: what is in it depends on who asks.

pub mod count;
pub mod end;
pub mod left_over;
