//! A server process that owns dicts, lists and locks, and proxies of them in client processes:
//! Python's `Manager`.
//!
//! # Layout
//!
//! | file | what it is |
//! | --- | --- |
//! | `objects.rs` | what the server owns, and how it serves a request |
//! | `server.rs` | the server process: it listens, with a thread for each client |
//! | `client.rs` | [`Client`], a connection to it; the proxies [`Dict`], [`List`] and [`Locked`] |

mod client;
mod objects;
mod server;

pub use client::{Client, Dict, List, Locked, Refused, Value};
pub use server::{SERVER, serve};
