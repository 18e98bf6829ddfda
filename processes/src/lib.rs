#![doc = include_str!("../README.md")]

pub mod child;
pub mod role;
pub mod spawn_and_wait;
