#![doc = include_str!("../README.md")]

mod window;

pub use window::Window;

/// The lessons on real threads and std's atomics.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    pub mod lane;
    pub mod lost_update;
}

/// The same files, compiled a second time: on the model checker's threads and atomics.
#[path = ""]
pub mod model {
    use shuttle::{sync, thread};

    pub mod lane;
    pub mod lost_update;
}
