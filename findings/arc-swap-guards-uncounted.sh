#!/usr/bin/env bash
# arc-swap 1.9.5: of ten guards that one thread holds `Arc::strong_count` sees two; a `store` makes the rest visible.
# Guess: a guard keeps the value alive, so each counts: 12 with the cell and an Arc beside it.
# Why: eight "debt" slots a thread stand for references that nobody has counted yet; from the ninth guard on, a guard counts. A writer pays the
#   debts that it finds. So `strong_count`, `get_mut` and `try_unwrap` say nothing about who reads.
# Source: the crate's pages "internal" and "limitations".
. "$(dirname "$0")/run.bash"
rust 'arc-swap = "=1.9.5"' <<'RUST'
use arc_swap::ArcSwap;
use std::sync::Arc;

fn main() {
    let cell = ArcSwap::from_pointee(1);
    let beside = cell.load_full();
    let guards: Vec<_> = (0..10).map(|_| cell.load()).collect();
    println!("cell, one Arc, {} guards: strong_count {}", guards.len(), Arc::strong_count(&beside));
    cell.store(Arc::new(2));
    println!("after a store the cell is gone, and the debts are paid: {}", Arc::strong_count(&beside));
}
RUST
holds <<'END'
cell, one Arc, 10 guards: strong_count 4
after a store the cell is gone, and the debts are paid: 11
END
