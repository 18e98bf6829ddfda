#![doc = include_str!("../README.md")]

pub mod child;
pub mod not_shared;
pub mod role;
