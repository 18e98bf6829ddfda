//! The lesson `naive`.

use singleton::real::naive::Naive;
use singleton::real::race::{Constructor, race_for};
use singleton::{Singleton, model};
use stage::{Lesson, Variant};

use super::approach::{Threads, builds_many, counted, modelled};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("naive", "check, and build one if there is none")
        .story(
            "Each constructor takes its time, and stays until all threads are in theirs: so all \
             have checked, and found none.",
        )
        .python("new")
        .source("singleton/src/naive.rs")
        .variants_with(|threads: &Threads| {
            let all = builds_many::<Naive>(threads)
                .story("Checks, then acts: every thread has checked before the first has acted.");
            let threads = threads.count();
            let in_turn = Variant::holds("in-turn", move || {
                let (singleton, constructor) = (Naive::fresh(), Constructor::for_a_moment(threads));
                let build = constructor.clone();
                singleton.instance(|| build.build());
                let ask = move || singleton.instance(|| build.build()).number();
                counted(&race_for(threads, &constructor, ask), (1, 1), "one had asked before")
            });
            [
                modelled::<model::naive::Naive>(all),
                in_turn
                    .story("One thread asks before the others begin: all of them find its config."),
            ]
        })
}
