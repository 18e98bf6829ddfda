//! The lesson `lazy-lock`.

use singleton::lazy_lock::race;
use singleton::real::race::Constructor;
use stage::{Lesson, Variant};

use super::approach::{Threads, counted};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("lazy-lock", "std's lazy value: its initialiser stands beside it")
        .story("Take this one for a static whose initialiser needs nothing from its callers.")
        .python("module")
        .source("singleton/src/lazy_lock.rs")
        .variants_with(|threads: &Threads| {
            let threads = threads.count();
            let variant = Variant::holds("lazy-lock", move || {
                let result = race(threads, &Constructor::for_a_moment(threads));
                counted(&result, (1, 1), "all threads have the same one")
            });
            [variant.story("std's LazyLock has its initialiser, and runs it at the first access.")]
        })
}
