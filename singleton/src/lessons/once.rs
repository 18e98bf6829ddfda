//! The lesson `once`.

use singleton::{model, real};
use stage::Lesson;

use super::approach::builds_one_of_ours;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("once", "std's Once: a closure that runs once")
        .story("The value is in a cell beside it, written in the closure and read after it.")
        .source("singleton/src/once.rs")
        .variants_with(|threads| {
            [builds_one_of_ours::<real::once::WithOnce, model::once::WithOnce>(
                "once-and-cell",
                threads,
            )
            .story("std's Once runs one closure, which fills a cell; the others block.")]
        })
}
