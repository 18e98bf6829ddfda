//! What a lock costs.

use criterion::{criterion_group, criterion_main};

#[path = "locks/shared.rs"]
mod shared;

criterion_group!(benches, shared::benches);
criterion_main!(benches);
