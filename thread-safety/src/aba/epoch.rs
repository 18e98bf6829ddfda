//! Nodes are allocated, and what is taken off is freed only when nobody can be looking at it any
//! more: crossbeam's epochs.
//!
//! A thread is *pinned* while it works on the stack. What is taken off meanwhile waits until every
//! thread that was pinned then has let go: its memory is not handed out as another node, so an
//! address that is still on top is a node that never left. It is what to take for structures of
//! pointers; the price is that one thread that stays pinned keeps everything that all others have
//! taken off.
//!
//! crossbeam has its own atomics in every compilation of this file, so no model checker has a word
//! on it.
#![expect(unsafe_code, reason = "nodes are reached through pointers that several threads have")]

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crossbeam_epoch::{self as epoch, Atomic, Owned};

use super::{NONE, Stack};

/// A stack of allocated nodes.
#[derive(Debug, Default)]
pub struct Epoch {
    top: Atomic<Cell>,
}

/// What is allocated for a node, anew each time that it is put on the stack.
#[derive(Debug)]
struct Cell {
    node: super::Node,
    below: Atomic<Cell>,
}

impl Stack for Epoch {
    /// Puts a node on top. Release, for the Acquire in [`pop`](Self::pop): who sees the cell sees
    /// what is in it.
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
            // SAFETY: the pointer is null, or made by `Owned::new` in `push`: aligned, and to a
            // live cell. It was on top after this thread was pinned, so whoever takes it off defers
            // its end until this guard is gone. It was written before the Release exchange that put
            // it there, which the Acquire load has read; since then only read, `below` being an
            // atomic.
            let cell = unsafe { top.as_ref() }?;
            let below = cell.below.load(Relaxed, &guard);
            // SAFETY: as for the top, if it is still there: `below` does not change while a cell is
            // on the stack, so what is below a cell that was on top after the pin was itself on the
            // stack then.
            between(cell.node, unsafe { below.as_ref() }.map_or(NONE, |cell| cell.node));
            if self.top.compare_exchange(top, below, Acquire, Relaxed, &guard).is_ok() {
                // SAFETY: the exchange took the cell off, so no thread that is pinned later can
                // reach it, and it is taken off once, by this thread: it is not deferred twice.
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
