//! The lesson `once`.

use singleton::{model, real};
use stage::Lesson;

use super::approach::{Threads, builds_one, modelled};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("once", "std's Once: a closure that runs once")
        .story(
            "The value is kept in a cell beside it, which is written in the closure and read \
             after it.",
        )
        .source("singleton/src/once.rs")
        .variants_with(|threads: &Threads| {
            let variant = builds_one::<real::once::WithOnce>("once-and-cell", *threads);
            [modelled::<model::once::WithOnce>(variant).story(
                "std's Once runs one closure, which fills a cell; the other threads block until \
                 it has returned.",
            )]
        })
}
