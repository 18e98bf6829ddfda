//! The lessons as they are shown, a file each: title, story, options, variants.

pub(crate) mod async_guard;
pub(crate) mod banker;
pub(crate) mod channels;
pub(crate) mod coffman;
pub(crate) mod detect;
pub(crate) mod join_cycle;
pub(crate) mod livelock;
pub(crate) mod lock_graph;
pub(crate) mod lock_order;
pub(crate) mod philosophers;
pub(crate) mod pool;
pub(crate) mod recover;
pub(crate) mod self_lock;
pub(crate) mod starvation;
pub(crate) mod upgrade;
