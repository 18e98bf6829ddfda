//! A lock-free stack, and a node that is popped and pushed again while another thread is preempted.
//!
//! The stack is R. Kent Treiber's (1986): to pop, a thread reads which node is on top and which is
//! below it, then swaps the one for the other, provided that the same node is still on top. That it
//! is the same does not mean that nothing has happened: A, then B, then A again. Here nodes are
//! numbers in an arena, so a broken stack loses and doubles nodes, and touches no freed memory.

use super::lane::{SyncPoint, finish, start};
use super::sync::{self, Arc};

mod epoch;
mod stacks;

pub use epoch::Epoch;
pub use stacks::{Reused, Tagged};

/// A node's number, from 1 to [`NODES`].
pub type Node = u32;

/// What stands where there is no node.
pub const NONE: Node = 0;

/// The number of nodes: A, B and C, which is at the bottom.
pub const NODES: Node = 3;

/// A stack of nodes. A thread that has popped a node owns it until it pushes it again.
pub trait Stack: Default + Send + Sync + 'static {
    /// Pushes a node.
    fn push(&self, node: Node);

    /// Pops the node on top, if there is one. `between(top, below)` is called in each try, after
    /// both are read and before they are swapped.
    fn pop(&self, between: impl FnMut(Node, Node)) -> Option<Node>;
}

/// Where each node is in the end. Each has to be there once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes {
    /// What t1 has popped, and t2.
    pub popped: [Vec<Node>; 2],
    /// What is left on the stack, from the top; cut off where it has more nodes than there are.
    pub left: Vec<Node>,
}

impl Nodes {
    fn times(&self, node: Node) -> usize {
        self.popped.iter().flatten().chain(&self.left).filter(|other| **other == node).count()
    }

    /// Returns the nodes that are nowhere.
    pub fn lost(&self) -> Vec<Node> {
        (1..=NODES).filter(|node| self.times(*node) == 0).collect()
    }

    /// Returns the nodes that are there more than once.
    pub fn doubled(&self) -> Vec<Node> {
        (1..=NODES).filter(|node| self.times(*node) > 1).collect()
    }

    /// Returns whether each node is there once.
    pub fn whole(&self) -> bool {
        self.lost().is_empty() && self.doubled().is_empty()
    }
}

/// Returns a node's letter; `-` is none.
pub fn name(node: Node) -> char {
    ['-', 'A', 'B', 'C'][node as usize]
}

/// Returns a stack with A on top.
fn full<S: Stack>() -> Arc<S> {
    let stack = S::default();
    (1..=NODES).rev().for_each(|node| stack.push(node));
    Arc::new(stack)
}

/// Pops all that is left, but no more than a stack can hold that is not broken, and one.
fn left<S: Stack>(stack: &S) -> Vec<Node> {
    (0..=NODES).map_while(|_| stack.pop(|_, _| ())).collect()
}

/// Pops a node on t1. Between its read and its swap, t2 pops two and pushes the first of them
/// again.
pub fn interrupted<S: Stack>(point: &SyncPoint) -> Nodes {
    let stack = full::<S>();
    let (stack1, stack2) = (Arc::clone(&stack), Arc::clone(&stack));
    let (point1, point2) = (point.clone(), point.clone());
    let t1 = start("t1", move || {
        point1.start();
        let node = stack1.pop(|top, below| {
            point1.between(format_args!("sees {} on {}", name(top), name(below)));
        });
        point1.after(format_args!("pops {}", name(node.unwrap_or(NONE))));
        Vec::from_iter(node)
    });
    let t2 = start("t2", move || {
        point2.start_in_between();
        let pop = || {
            let node = stack2.pop(|_, _| ());
            point2.after(format_args!("pops {}", name(node.unwrap_or(NONE))));
            node
        };
        let (first, second) = (pop(), pop());
        if let Some(node) = first {
            stack2.push(node);
            point2.after(format_args!("pushes {}", name(node)));
        }
        point2.done_in_between();
        Vec::from_iter(second)
    });
    let popped = [finish(t1), finish(t2)];
    Nodes { popped, left: left(&*stack) }
}

/// Pops two nodes and pushes them in the order in which they came, `times` on each of two threads;
/// runs at most `rounds` rounds, each twice as long as the one before, until the stack is broken.
/// Returns what is left in the end, and the number of the round.
pub fn stress<S: Stack>(times: u32, rounds: u32) -> (Nodes, u32) {
    let mut round = 0;
    loop {
        let (stack, times, point) = (full::<S>(), times << round, SyncPoint::open(2));
        let threads = ["t1", "t2"].map(|name| {
            let (stack, point) = (Arc::clone(&stack), point.clone());
            start(name, move || {
                point.start();
                for _ in 0..times {
                    let two = [stack.pop(|_, _| ()), stack.pop(|_, _| ())];
                    two.into_iter().flatten().for_each(|node| stack.push(node));
                }
            })
        });
        threads.into_iter().for_each(finish);
        round += 1;
        let seen = Nodes { left: left(&*stack), ..Nodes::default() };
        if !seen.whole() || round == rounds {
            return (seen, round);
        }
    }
}
