//! Shuttle's threads and locks, which note what each step of a schedule touches.
//!
//! A lesson that is compiled a second time for the model checker takes [`sync`], [`thread`] and
//! [`hint`] from here, in place of Shuttle's own. Each call notes, before Shuttle can change to
//! another thread, which object the next step touches, whether it writes to it, and where in the
//! source it stands. An explorer reads the [`notes`]: two steps that touch nothing in common, or
//! only read it, can change places, and one of the two orders is enough.
//!
//! What is not wrapped here still works. A step without a note counts as one that touches
//! everything.
//!
//! All of this is there with the feature `explore`. Without it, this module is std's types under the
//! same names: a model is compiled, and never run.

#[path = "lane.rs"]
pub mod lane;
mod mutex;
pub mod notes;
pub mod runtime;
mod rwlock;
pub mod sync;
pub mod thread;

pub use shuttle::{lazy_static, thread_local};

/// Compiles the files of a topic's module `real` a second time, as its module `model`, against
/// [`model`](mod@crate::model). Without the feature `explore` no second copy is compiled: `model` is
/// `real`, or what stands behind `or`.
#[macro_export]
macro_rules! model {
    ({ $($model:tt)* } or { $($other:tt)* }) => {
        $crate::model! { $($model)* }
    };
    ($($model:tt)*) => {
        #[doc(hidden)]
        #[path = ""]
        pub mod model { $($model)* }
    };
}

/// Hints to the processor, and to the scheduler: [`std::hint`] for models.
pub mod hint {
    pub use shuttle::hint::*;

    /// Lets other threads run, as a thread that spins does.
    #[track_caller]
    pub fn spin_loop() {
        super::thread::yield_now();
    }
}
