#![doc = include_str!("../README.md")]

mod metronome;
mod window;

pub use metronome::Metronome;
pub use window::Window;

/// The lessons on real threads and std's locks.
#[path = ""]
pub mod real {
    use std::{sync, thread, thread_local};

    pub mod banker;
    pub mod channels;
    pub mod checked_mutex;
    pub mod coffman;
    pub mod detect;
    pub mod join_cycle;
    pub mod lane;
    pub mod livelock;
    pub mod lock_order;
    pub mod philosophers;
    pub mod pool;
    pub mod recover;
    pub mod self_lock;
    pub mod upgrade;
}

/// The same files, compiled a second time: on the model checker's threads and locks.
#[path = ""]
pub mod model {
    use shuttle::{sync, thread, thread_local};

    pub mod banker;
    pub mod channels;
    pub mod checked_mutex;
    pub mod coffman;
    pub mod detect;
    pub mod join_cycle;
    pub mod lane;
    pub mod livelock;
    pub mod lock_order;
    pub mod philosophers;
    pub mod pool;
    pub mod recover;
    pub mod self_lock;
    pub mod upgrade;
}

pub mod async_guard;
pub mod lock_graph;
pub mod ordered_mutex;
pub mod parking_lot_detector;
pub mod starvation;
