//! The lesson `mutex`.

use singleton::{model, real};
use stage::Lesson;

use super::approach::builds_one_of_ours;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("mutex", "check and build under the same lock")
        .story("The first thread builds under the lock; every later call acquires it as well.")
        .python("ways")
        .source("singleton/src/mutex.rs")
        .variants_with(|threads| {
            [builds_one_of_ours::<real::mutex::Locked, model::mutex::Locked>("one-lock", threads)
                .story("Checks and builds in one critical section: the next finds it built.")]
        })
}
