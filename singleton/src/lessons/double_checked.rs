//! The lesson `double-checked`.

use singleton::{model, orderings, real};
use stage::Lesson;

use super::approach::{Threads, builds_one, modelled, under_loom};

pub(crate) fn lesson() -> Lesson {
    Lesson::new(
        "double-checked",
        "check, lock, check again, build; and later calls acquire no lock",
    )
    .story(
        "That a reader without a lock sees the whole config rests on the pointer's ordering. \
             An x86 forgives a wrong one; Loom, in whose executions a store may become visible \
             late, does not.",
    )
    .python("double_checked")
    .source("singleton/src/double_checked.rs")
    .variants_with(|threads: &Threads| {
        let variant =
            builds_one::<real::double_checked::DoubleChecked>("acquire-release", *threads);
        let variant = modelled::<model::double_checked::DoubleChecked>(variant).story(
            "Checks without the lock, then again under it: one thread builds, and later \
                 calls acquire no lock.",
        );
        let [every, relaxed] = under_loom(orderings::double_checked);
        [variant, every, relaxed]
    })
}
