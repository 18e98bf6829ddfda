//! The orderings of a store and a load, as types: they are known when a test is compiled, so that
//! no decision stands between two accesses.

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

/// A pair of orderings: one for stores, one for loads.
pub trait Orderings: 'static {
    /// How strong they are.
    const STRENGTH: Strength;
    /// The ordering of each store.
    const STORE: Ordering;
    /// The ordering of each load.
    const LOAD: Ordering;
}

macro_rules! orderings {
    ($($(#[$doc:meta])* $name:ident: $store:ident, $load:ident;)*) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl Orderings for $name {
            const STRENGTH: Strength = Strength::$name;
            const STORE: Ordering = Ordering::$store;
            const LOAD: Ordering = Ordering::$load;
        }
    )*};
}

orderings! {
    /// No order among different words.
    Relaxed: Relaxed, Relaxed;
    /// What was before a store happens before what follows the load that reads it.
    ReleaseAcquire: Release, Acquire;
    /// Besides, one total order of all such accesses, in which every thread sees them.
    SeqCst: SeqCst, SeqCst;
}
