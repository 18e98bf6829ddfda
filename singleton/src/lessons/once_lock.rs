//! The lesson `once-lock`.

use std::sync::OnceLock;

use singleton::Config;
use stage::Lesson;

use super::approach::{Threads, builds_one};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("once-lock", "std's cell that is filled once")
        .story("Take this one where a caller knows how to build.")
        .source("singleton/src/once_lock.rs")
        .variants_with(|threads: &Threads| {
            [builds_one::<OnceLock<Config>>("once-lock", threads)
                .story("std's OnceLock runs the first caller's initialiser; the others block.")]
        })
}
