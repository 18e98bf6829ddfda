//! The objects that a step touches, how it touches them, and when the order of two steps matters.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The number of an object that tasks share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object(pub(super) u64);

impl Object {
    /// The order in which tasks are started, which gives them their numbers.
    pub(super) const SPAWNS: Self = Self(0);
    /// The order in which objects are numbered in the middle of a step.
    pub(super) const NUMBERS: Self = Self(1);

    pub(super) const fn of(kind: u64, task: usize, count: u32) -> Self {
        Self(kind << 56 | (task as u64) << 32 | count as u64)
    }

    /// The start of a task.
    pub(super) fn start(task: usize) -> Self {
        Self::of(2, task, 0)
    }

    /// The end of a task.
    pub(in super::super) fn end(task: usize) -> Self {
        Self::of(3, task, 0)
    }

    /// The token of a task that parks.
    pub(in super::super) fn token(task: usize) -> Self {
        Self::of(4, task, 0)
    }

    /// A part of this object that is touched by itself: of a channel, its `number`-th message.
    pub(in super::super) fn part(self, number: u32) -> Self {
        Self(self.0 << 20 | u64::from(number) | 1 << 63)
    }
}

/// How a step touches an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// Reads it.
    Read,
    /// Changes it.
    Write,
    /// Acquires it alone.
    Acquire,
    /// Releases what was acquired alone.
    Release,
    /// Acquires it together with others.
    AcquireShared,
    /// Releases what was acquired together with others.
    ReleaseShared,
    /// Makes possible what takes it: a message, the end of a thread.
    Give,
    /// Is possible once it was given.
    Take,
}

/// One object that a step touches, and how.
pub type Access = (Object, How);

/// What a step touches; `None` if it is not known, which counts as everything.
pub type Footprint = Option<Vec<Access>>;

/// Returns whether the order of two steps matters.
pub fn dependent(one: &Footprint, other: &Footprint) -> bool {
    pairs(one, other).is_none_or(|mut pairs| pairs.any(|(one, other)| conflict(one, other)))
}

/// Returns what is the same for two beginnings of runs that differ only in the order of independent
/// steps, and else not: the sum of a hash of each step, which is made of its task, of its number
/// among that task's, and of the steps before it on which it depends. `hashes` has those of the first
/// steps, and gets the others.
pub fn trace_key(trace: &[(usize, Footprint)], hashes: &mut Vec<u64>) -> u64 {
    for index in hashes.len()..trace.len() {
        let (task, touched) = &trace[index];
        let (mut number, mut past) = (1_u64, 0_u64);
        for ((other, before), hash) in trace[..index].iter().zip(hashes.iter()) {
            number += u64::from(other == task);
            if other == task || dependent(before, touched) {
                past = past.wrapping_add(*hash);
            }
        }
        let mut hasher = DefaultHasher::new();
        (*task, number, past).hash(&mut hasher);
        hashes.push(hasher.finish());
    }
    hashes.iter().fold(0, |sum, hash| sum.wrapping_add(*hash))
}

/// Returns whether two steps of which the order matters could be taken in the other order: an
/// acquisition cannot come before the release that makes it possible.
pub fn reversible(earlier: &Footprint, later: &Footprint) -> bool {
    let possible = |earlier, later| {
        let enables = match earlier {
            How::Release | How::ReleaseShared => matches!(later, How::Acquire | How::AcquireShared),
            How::Give => later == How::Take,
            _ => false,
        };
        conflict(earlier, later) && !enables
    };
    pairs(earlier, later)
        .is_none_or(|mut pairs| pairs.any(|(earlier, later)| possible(earlier, later)))
}

fn pairs<'a>(
    one: &'a Footprint,
    other: &'a Footprint,
) -> Option<impl Iterator<Item = (How, How)> + 'a> {
    let (one, other) = (one.as_ref()?, other.as_ref()?);
    Some(one.iter().flat_map(move |one| {
        other.iter().filter(|other| other.0 == one.0).map(|other| (one.1, other.1))
    }))
}

thread_local!(static WRONGLY_SHARED: Cell<Option<How>> = const { Cell::new(None) });

/// Takes two steps that touch an object in this way for independent, on this thread, until it is told
/// otherwise. That is wrong: it shows whether a search notices.
#[doc(hidden)]
pub fn mistake_for_independent(how: Option<How>) {
    WRONGLY_SHARED.set(how);
}

fn conflict(one: How, other: How) -> bool {
    let wrongly = WRONGLY_SHARED.get();
    let shared = |how| {
        matches!(how, How::Read | How::AcquireShared | How::ReleaseShared) || Some(how) == wrongly
    };
    !(shared(one) && shared(other))
}
