//! Contracts of the topic `coroutines`, as tests with a sentence for a name. What a variant of a
//! lesson shows is a test by being a variant (`tests/variants.rs`).

mod channel_foreign;
mod channel_order;
mod command_line;
mod cost;
mod echo;
mod executor;
mod executor_bounds;
mod executor_foreign;
mod executor_ours;
#[cfg(target_os = "linux")]
mod executor_sockets;
mod executor_waits;
mod generator;
mod inbox_orderings;
mod lessons;
mod models;
mod promises;
#[cfg(target_os = "linux")]
mod reactor;
mod readme;
