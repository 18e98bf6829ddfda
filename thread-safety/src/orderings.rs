//! The orderings of stores, loads and read-modify-writes, as types: they are known when a test is
//! compiled, so that no decision stands between two accesses.

use std::sync::atomic::Ordering;

/// The strength of a pair of orderings, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// `Relaxed` stores and loads.
    Relaxed,
    /// `Release` stores and `Acquire` loads.
    ReleaseAcquire,
    /// `SeqCst` stores and loads.
    SeqCst,
}

/// Orderings that belong together: for stores, for loads, for read-modify-writes.
pub trait Orderings: 'static {
    /// How strong they are.
    const STRENGTH: Strength;
    /// The ordering of each store.
    const STORE: Ordering;
    /// The ordering of each load.
    const LOAD: Ordering;
    /// The ordering of each read-modify-write.
    const UPDATE: Ordering;
}

macro_rules! orderings {
    ($($(#[$doc:meta])* $name:ident: $store:ident, $load:ident, $update:ident;)*) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl Orderings for $name {
            const STRENGTH: Strength = Strength::$name;
            const STORE: Ordering = Ordering::$store;
            const LOAD: Ordering = Ordering::$load;
            const UPDATE: Ordering = Ordering::$update;
        }
    )*};
}

orderings! {
    /// No order among different words.
    Relaxed: Relaxed, Relaxed, Relaxed;
    /// What was before a store happens before what follows the load that reads it.
    ReleaseAcquire: Release, Acquire, AcqRel;
    /// Besides, one total order of all such accesses, in which every thread sees them.
    SeqCst: SeqCst, SeqCst, SeqCst;
}
