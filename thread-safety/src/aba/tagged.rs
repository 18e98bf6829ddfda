//! The top is a node and a count of all exchanges, in one word: a node that has come back comes
//! with another count.
//!
//! The count has 32 bits here: it would take exactly 2^32 exchanges (or a multiple) between one
//! thread's read and its exchange to be fooled. Where nodes are addressed by pointers, the two need
//! an exchange of two words (`cmpxchg16b`, `casp`), or the pointer's unused bits.

use std::array::from_fn;

use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicU32, AtomicU64};
use super::{NODES, NONE, Node, Stack};

/// A stack whose top is a node's number and a count.
#[derive(Debug)]
pub struct Tagged {
    /// The count in the upper half, the node in the lower.
    top: AtomicU64,
    /// Which node is below each; that of number 0 is not used.
    below: [AtomicU32; NODES as usize + 1],
}

impl Default for Tagged {
    fn default() -> Self {
        Self { top: AtomicU64::new(NONE.into()), below: from_fn(|_| AtomicU32::new(NONE)) }
    }
}

/// Returns the node of a top.
fn node_of(top: u64) -> Node {
    top as Node
}

/// Returns the top that comes after this one, with another node.
fn after(top: u64, node: Node) -> u64 {
    let count = (top >> 32).wrapping_add(1);
    count << 32 | u64::from(node)
}

impl Stack for Tagged {
    /// Puts a node on top. Release, for the Acquire in [`pop`](Self::pop): who sees the node sees
    /// what is below it.
    fn push(&self, node: Node) {
        loop {
            let top = self.top.load(Relaxed);
            self.below[node as usize].store(node_of(top), Relaxed);
            if self.top.compare_exchange(top, after(top, node), Release, Relaxed).is_ok() {
                return;
            }
        }
    }

    fn pop(&self, mut between: impl FnMut(Node, Node)) -> Option<Node> {
        loop {
            let top = self.top.load(Acquire);
            let node = node_of(top);
            if node == NONE {
                return None;
            }
            let below = self.below[node as usize].load(Relaxed);
            between(node, below);
            if self.top.compare_exchange(top, after(top, below), Acquire, Relaxed).is_ok() {
                self.below[node as usize].store(NONE, Relaxed);
                return Some(node);
            }
        }
    }
}
