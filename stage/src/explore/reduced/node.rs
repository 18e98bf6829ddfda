//! A choice of the search, and which steps come before its own.

use std::collections::BTreeSet;

use kit::model::notes::Footprint;

/// A choice that was made, and what is known of it.
pub(super) struct Node {
    /// The tasks that could take a step.
    pub(super) possible: Vec<usize>,
    /// The tasks that have to be tried here.
    pub(super) wanted: BTreeSet<usize>,
    /// The tasks that need not be tried here, with what their next step touches.
    pub(super) asleep: Vec<(usize, Footprint)>,
    /// The task that was chosen.
    pub(super) task: usize,
    /// What its step touched.
    pub(super) touched: Footprint,
    /// The steps of each task that come before this one in every order that differs only in
    /// independent steps; its own included.
    pub(super) after: Vec<u32>,
}

impl Node {
    pub(super) fn number(&self) -> u32 {
        self.after[self.task]
    }
}

pub(super) fn known(after: &[u32], task: usize) -> u32 {
    after.get(task).copied().unwrap_or(0)
}

pub(super) fn join(after: &mut Vec<u32>, other: &[u32]) {
    if after.len() < other.len() {
        after.resize(other.len(), 0);
    }
    for (one, other) in after.iter_mut().zip(other) {
        *one = (*one).max(*other);
    }
}
