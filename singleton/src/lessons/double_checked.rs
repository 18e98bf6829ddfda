//! The lesson `double-checked`.

use singleton::model::double_checked::DoubleChecked as Model;
use singleton::orderings;
use singleton::real::double_checked::DoubleChecked as Real;
use stage::Lesson;

use super::approach::{builds_one_of_ours, under_loom};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("double-checked", "check, lock, check again, build; later calls acquire no lock")
        .story("That a reader sees the whole config rests on an ordering, whose lack no x86 shows.")
        .python("double_checked")
        .source("singleton/src/double_checked.rs")
        .variants_with(|threads| {
            let variant = builds_one_of_ours::<Real, Model>("acquire-release", threads).story(
                "Checks without the lock, then again under it: later calls acquire no lock.",
            );
            let [every, relaxed] = under_loom(orderings::double_checked);
            [variant, every, relaxed]
        })
}
