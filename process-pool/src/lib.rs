#![doc = include_str!("../README.md")]

pub mod pool;
pub mod submit;
pub mod task;
mod wire;
pub mod worker;

pub use pool::{Error, Handle, Pool};
pub use task::{Answer, Task};
