//! The lesson `mutex`.

use singleton::{model, real};
use stage::Lesson;

use super::approach::{Threads, builds_one, modelled};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("mutex", "check and build under the same lock")
        .story(
            "The first thread to get the lock builds, while the others wait. Every later call \
             acquires the lock as well.",
        )
        .python("ways")
        .source("singleton/src/mutex.rs")
        .variants_with(|threads: &Threads| {
            let variant = builds_one::<real::mutex::Locked>("one-lock", *threads);
            [modelled::<model::mutex::Locked>(variant).story(
                "Checks and builds in one critical section, so that the next thread finds what \
                 the first has built.",
            )]
        })
}
