//! How something is made once, whoever asks first. The topic's page is its `README.md`.

mod config;
pub mod plain;

pub use config::{Built, Config, address};

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
