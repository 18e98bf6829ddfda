//! The lesson `once-cell`.

use singleton::model::once_cell::OnceCell as Model;
use singleton::real::once_cell::OnceCell as Real;
use singleton::{Config, orderings};
use stage::Lesson;

use super::approach::{builds_one_of_ours, under_loom};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("once-cell", "a once cell by hand: empty, being built, full")
        .story("While one thread builds, the others block; later calls read one flag.")
        .source("singleton/src/once_cell.rs")
        .variants_with(|threads| {
            let variant = builds_one_of_ours::<Real<Config>, Model<Config>>("once-cell", threads)
                .story("Notes which thread builds; the others block until that has ended.");
            let [every, relaxed] = under_loom(orderings::once_cell);
            [variant, every, relaxed]
        })
}
