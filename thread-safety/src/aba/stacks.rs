//! Two stacks whose nodes are indices: without and with a count beside the top. They differ in what
//! becomes of the count, and so in what a compare-and-swap of the top compares.

use std::array::from_fn;

use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicU32, AtomicU64};
use super::{NODES, NONE, Node, Stack};

/// A stack whose top is a node's number and nothing else. The compare-and-swap takes a node that
/// has come back for one that never left.
pub type Reused = Indices<false>;

/// A stack whose top is a node's number and a count of all changes, in one word: a node that has
/// come back comes with another count.
///
/// The count has 32 bits: a thread is fooled only by exactly 2^32 changes (or a multiple) between
/// its read and its compare-and-swap. Where nodes are pointers, the two need a compare-and-swap of
/// two words (`cmpxchg16b`, `casp`), or the pointer's unused bits.
pub type Tagged = Indices<true>;

/// A stack of indices, [`Reused`] or [`Tagged`].
#[derive(Debug)]
pub struct Indices<const COUNTED: bool> {
    /// The count in the upper half, the node in the lower.
    top: AtomicU64,
    /// Which node is below each; that of number 0 is not used.
    below: [AtomicU32; NODES as usize + 1],
}

impl<const COUNTED: bool> Default for Indices<COUNTED> {
    fn default() -> Self {
        Self { top: AtomicU64::new(NONE.into()), below: from_fn(|_| AtomicU32::new(NONE)) }
    }
}

/// Returns the top that comes after this one, with another node.
fn next<const COUNTED: bool>(top: u64, node: Node) -> u64 {
    let count = if COUNTED { (top >> 32).wrapping_add(1) } else { 0 };
    count << 32 | u64::from(node)
}

impl<const COUNTED: bool> Stack for Indices<COUNTED> {
    /// Pushes a node. The partner of the Release is the Acquire in [`pop`](Self::pop): a thread
    /// that sees the node sees what is below it.
    fn push(&self, node: Node) {
        loop {
            let top = self.top.load(Relaxed);
            self.below[node as usize].store(top as Node, Relaxed);
            let next = next::<COUNTED>(top, node);
            if self.top.compare_exchange(top, next, Release, Relaxed).is_ok() {
                return;
            }
        }
    }

    fn pop(&self, mut between: impl FnMut(Node, Node)) -> Option<Node> {
        loop {
            let top = self.top.load(Acquire);
            let node = top as Node;
            if node == NONE {
                return None;
            }
            let below = self.below[node as usize].load(Relaxed);
            between(node, below);
            // Without a count, the same node may be on top, and another below it than was read.
            let next = next::<COUNTED>(top, below);
            if self.top.compare_exchange(top, next, Acquire, Relaxed).is_ok() {
                self.below[node as usize].store(NONE, Relaxed);
                return Some(node);
            }
        }
    }
}
