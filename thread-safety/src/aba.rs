//! A lock-free stack, and a node that is taken off and put back while another thread looks away.
//!
//! The stack is R. Kent Treiber's (1986): who takes a node reads which one is on top and which is
//! below, then exchanges the one for the other, provided that the same node is still on top. That
//! it is the same does not mean that nothing has happened: A, then B, then A again. Here nodes are
//! numbers in an arena, so a stack that breaks loses and doubles nodes, and no memory is touched
//! that is gone.
//!
//! Each form is a [`Stack`]; the difference between two files is the difference between two
//! approaches.

use super::lane::{finish, start};
use super::sync::{self, Arc};
use crate::Window;

pub mod epoch;
pub mod reused;
pub mod tagged;

/// A node's number, from 1 to [`NODES`].
pub type Node = u32;

/// Stands where there is no node.
pub const NONE: Node = 0;

/// So many nodes there are: A, B and C, which is at the bottom.
pub const NODES: Node = 3;

/// A stack of nodes. A thread that has taken a node off owns it until it puts it back.
pub trait Stack: Default + Send + Sync + 'static {
    /// Puts a node on top.
    fn push(&self, node: Node);

    /// Takes the node on top; `None` if there is none. `between(top, below)` is called in each try,
    /// after both are read and before they are exchanged.
    fn pop(&self, between: impl FnMut(Node, Node)) -> Option<Node>;
}

/// Says who has which nodes in the end. Each has to be there once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What t1 has taken, and t2.
    pub taken: [Vec<Node>; 2],
    /// What is left on the stack, from the top; cut off where it has more nodes than there are.
    pub left: Vec<Node>,
}

impl Seen {
    fn times(&self, node: Node) -> usize {
        self.taken.iter().flatten().chain(&self.left).filter(|other| **other == node).count()
    }

    /// Returns the nodes that nobody has.
    pub fn lost(&self) -> Vec<Node> {
        (1..=NODES).filter(|node| self.times(*node) == 0).collect()
    }

    /// Returns the nodes that are there more than once.
    pub fn doubled(&self) -> Vec<Node> {
        (1..=NODES).filter(|node| self.times(*node) > 1).collect()
    }

    /// Tells whether each node is there once.
    pub fn whole(&self) -> bool {
        self.lost().is_empty() && self.doubled().is_empty()
    }
}

/// Names a node; `-` is none.
///
/// # Panics
/// If there is no such node.
pub fn name(node: Node) -> char {
    ['-', 'A', 'B', 'C'][node as usize]
}

/// Makes a stack with A on top.
fn full<S: Stack>() -> Arc<S> {
    let stack = S::default();
    (1..=NODES).rev().for_each(|node| stack.push(node));
    Arc::new(stack)
}

/// Takes all that is left, but no more than a stack can hold that is not broken, and one.
fn left<S: Stack>(stack: &S) -> Vec<Node> {
    (0..=NODES).map_while(|_| stack.pop(|_, _| ())).collect()
}

/// Takes a node on t1. Between its read and its exchange, t2 takes two and puts the first of them
/// back.
pub fn play<S: Stack>(window: &Window) -> Seen {
    let stack = full::<S>();
    let (stack1, stack2) = (Arc::clone(&stack), Arc::clone(&stack));
    let (window1, window2) = (window.clone(), window.clone());
    let t1 = start("t1", move || {
        window1.begin();
        let node = stack1.pop(|top, below| {
            window1.between(format_args!("sees {} on {}", name(top), name(below)));
        });
        window1.after(format_args!("took {}", name(node.unwrap_or(NONE))));
        Vec::from_iter(node)
    });
    let t2 = start("t2", move || {
        window2.begin_in_between();
        let take = || {
            let node = stack2.pop(|_, _| ());
            window2.after(format_args!("took {}", name(node.unwrap_or(NONE))));
            node
        };
        let (first, second) = (take(), take());
        if let Some(node) = first {
            stack2.push(node);
            window2.after(format_args!("put {} back", name(node)));
        }
        window2.is_done();
        Vec::from_iter(second)
    });
    let taken = [finish(t1), finish(t2)];
    Seen { taken, left: left(&*stack) }
}

/// Takes two nodes and puts them back in the order in which they came, `times` on each of two
/// threads; in rounds, each twice as long as the one before, until the stack is broken. Returns
/// what is left in the end, and in which round that was.
pub fn hammer<S: Stack>(times: u32, rounds: u32) -> (Seen, u32) {
    let mut round = 0;
    loop {
        let (stack, times, window) = (full::<S>(), times << round, Window::narrow());
        let threads = ["t1", "t2"].map(|name| {
            let (stack, window) = (Arc::clone(&stack), window.clone());
            start(name, move || {
                window.begin();
                for _ in 0..times {
                    let two = [stack.pop(|_, _| ()), stack.pop(|_, _| ())];
                    two.into_iter().flatten().for_each(|node| stack.push(node));
                }
            })
        });
        threads.into_iter().for_each(finish);
        round += 1;
        let seen = Seen { left: left(&*stack), ..Seen::default() };
        if !seen.whole() || round == rounds {
            return (seen, round);
        }
    }
}
