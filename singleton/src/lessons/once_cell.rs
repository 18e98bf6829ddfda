//! The lesson `once-cell`.

use singleton::{Config, model, orderings, real};
use stage::Lesson;

use super::approach::{Threads, builds_one, modelled, under_loom};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("once-cell", "a once cell by hand: empty, being built, full")
        .story(
            "A thread that comes while another one builds blocks until that is done. Later calls \
             read one flag.",
        )
        .source("singleton/src/once_cell.rs")
        .variants_with(|threads: &Threads| {
            let variant = builds_one::<real::once_cell::OnceCell<Config>>("once-cell", *threads);
            let variant = modelled::<model::once_cell::OnceCell<Config>>(variant).story(
                "Notes which thread builds; the others block until the value is there, or the \
                 build has failed.",
            );
            let [every, relaxed] = under_loom(orderings::once_cell);
            [variant, every, relaxed]
        })
}
