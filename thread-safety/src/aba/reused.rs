//! Nodes go back as they are. The exchange asks which node is on top, and takes a node that has
//! come back for one that never left.

use std::array::from_fn;

use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::{NODES, NONE, Node, Stack};

/// A stack whose top is a node's number and nothing else.
#[derive(Debug)]
pub struct Reused {
    top: AtomicU32,
    /// Which node is below each; that of number 0 is not used.
    below: [AtomicU32; NODES as usize + 1],
}

impl Default for Reused {
    fn default() -> Self {
        Self { top: AtomicU32::new(NONE), below: from_fn(|_| AtomicU32::new(NONE)) }
    }
}

impl Stack for Reused {
    /// Puts a node on top. Release, for the Acquire in [`pop`](Self::pop): who sees the node sees
    /// what is below it.
    fn push(&self, node: Node) {
        loop {
            let top = self.top.load(Relaxed);
            self.below[node as usize].store(top, Relaxed);
            if self.top.compare_exchange(top, node, Release, Relaxed).is_ok() {
                return;
            }
        }
    }

    fn pop(&self, mut between: impl FnMut(Node, Node)) -> Option<Node> {
        loop {
            let top = self.top.load(Acquire);
            if top == NONE {
                return None;
            }
            let below = self.below[top as usize].load(Relaxed);
            between(top, below);
            // The same node may be on top, and another below it than was read.
            if self.top.compare_exchange(top, below, Acquire, Relaxed).is_ok() {
                self.below[top as usize].store(NONE, Relaxed);
                return Some(top);
            }
        }
    }
}
