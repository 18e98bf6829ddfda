//! A stack whose nodes are allocated, and freed when no thread can be looking at them any more:
//! epoch-based reclamation, by crossbeam.
//!
//! A thread is *pinned* while it works on the stack. What is popped meanwhile is freed only after
//! every thread that was pinned then is unpinned: its memory is not handed out as another node, so
//! an address that is still on top is a node that never left. It is what to take for structures of
//! pointers; the price is that one thread that stays pinned keeps alive what all others have
//! popped.
//!
//! crossbeam has its own atomics in every compilation of this file, so no model checker checks it.
#![expect(unsafe_code, reason = "nodes are reached through pointers that several threads have")]

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crossbeam_epoch::{self as epoch, Atomic, Owned};

use super::{NONE, Stack};

/// A stack of allocated nodes.
#[derive(Debug, Default)]
pub struct Epoch {
    top: Atomic<Cell>,
}

/// What is allocated for a node, anew each time that it is pushed.
#[derive(Debug)]
struct Cell {
    node: super::Node,
    below: Atomic<Cell>,
}

impl Stack for Epoch {
    /// Pushes a node. The partner of the Release is the Acquire in [`pop`](Self::pop): a thread
    /// that sees the cell sees what is in it.
    fn push(&self, node: super::Node) {
        let guard = epoch::pin();
        let mut cell = Owned::new(Cell { node, below: Atomic::null() });
        loop {
            let top = self.top.load(Relaxed, &guard);
            cell.below.store(top, Relaxed);
            match self.top.compare_exchange(top, cell, Release, Relaxed, &guard) {
                Ok(_) => return,
                Err(lost) => cell = lost.new,
            }
        }
    }

    fn pop(&self, mut between: impl FnMut(super::Node, super::Node)) -> Option<super::Node> {
        let guard = epoch::pin();
        loop {
            let top = self.top.load(Acquire, &guard);
            // SAFETY: `as_ref` asks for null or a pointer to a live, aligned cell that is not
            // written to. It is null or made by `Owned::new` in `push`, so it is aligned. It was on
            // top after this thread was pinned, so the thread that pops it defers its end until
            // this guard is dropped: it is live. It was written before the Release of its push, and
            // not since. The Acquire load has read that push, or a pop that uncovered it: all
            // changes of `top` are read-modify-writes, so a pop continues the push's release
            // sequence.
            let cell = unsafe { top.as_ref() }?;
            let below = cell.below.load(Relaxed, &guard);
            // SAFETY: null, or aligned and written before, as the top, before which it was pushed.
            // It is live: `below` does not change while a cell is on the stack, so what is below a
            // cell that was on top after the pin was itself on the stack then, and is freed only
            // after this guard.
            between(cell.node, unsafe { below.as_ref() }.map_or(NONE, |cell| cell.node));
            if self.top.compare_exchange(top, below, Acquire, Relaxed, &guard).is_ok() {
                // SAFETY: `defer_destroy` asks for a cell that no thread pinned later can reach,
                // and that is deferred once. The compare-and-swap unlinked it, so no later thread
                // finds it, and it succeeds for one thread alone, this one.
                unsafe { guard.defer_destroy(top) };
                return Some(cell.node);
            }
        }
    }
}

impl Drop for Epoch {
    fn drop(&mut self) {
        while self.pop(|_, _| ()).is_some() {}
    }
}
