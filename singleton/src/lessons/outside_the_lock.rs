//! The lesson `outside-the-lock`.

use singleton::{model, real};
use stage::Lesson;

use super::approach::{Threads, builds_many, modelled};

pub(crate) fn lesson() -> Lesson {
    Lesson::new(
        "outside-the-lock",
        "check, lock, check again, and build after the lock is released",
    )
    .story("Double-checked locking, but for one line: it releases the lock, then builds.")
    .python("double_checked")
    .source("singleton/src/outside_the_lock.rs")
    .variants_with(|threads: &Threads| {
        let variant = builds_many::<real::outside_the_lock::OutsideTheLock>(threads);
        [modelled::<model::outside_the_lock::OutsideTheLock>(variant)
            .story("Releases the lock after the second check, so every thread builds.")]
    })
}
