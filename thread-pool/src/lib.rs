#![doc = include_str!("../README.md")]

pub mod census;
pub mod channel;
pub mod unbounded;
