#![doc = include_str!("../README.md")]

mod config;
pub mod plain;

pub use config::{Built, Config, address};
