//! How much order a store and a load ask for.

use std::sync::atomic::Ordering;

/// From the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// `Relaxed` stores and loads.
    Relaxed,
    /// `Release` stores and `Acquire` loads.
    ReleaseAcquire,
    /// `SeqCst` stores and loads.
    SeqCst,
}

/// Says the orderings in a type: known when it is compiled, so that no decision stands between two
/// accesses.
pub trait Orders: 'static {
    /// How strong they are.
    const STRENGTH: Strength;
    /// What stores ask for.
    const STORE: Ordering;
    /// What loads ask for.
    const LOAD: Ordering;
}

/// Asks for no order at all among different words.
pub enum Relaxed {}

/// Asks that who reads a store sees all that came before it.
pub enum ReleaseAcquire {}

/// Asks besides for one order of all such accesses, in which every thread sees them.
pub enum SeqCst {}

impl Orders for Relaxed {
    const STRENGTH: Strength = Strength::Relaxed;
    const STORE: Ordering = Ordering::Relaxed;
    const LOAD: Ordering = Ordering::Relaxed;
}

impl Orders for ReleaseAcquire {
    const STRENGTH: Strength = Strength::ReleaseAcquire;
    const STORE: Ordering = Ordering::Release;
    const LOAD: Ordering = Ordering::Acquire;
}

impl Orders for SeqCst {
    const STRENGTH: Strength = Strength::SeqCst;
    const STORE: Ordering = Ordering::SeqCst;
    const LOAD: Ordering = Ordering::SeqCst;
}
