use process_sharing::model::protocols;
use process_sharing::semaphore::{Crowd, free_for_all, killed_inside, limited};
use stage::{Lesson, Variant};

use super::{breaks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("semaphore", "five processes, and a named semaphore with two permits")
        .story(
            "Each process stays in the critical section until no other one can come in: until all \
             five are there, or two.",
        )
        .source("process-sharing/src/{semaphore,named_semaphore}.rs")
        .python("two_permits")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    const MODEL: [&str; 3] = ["3 processes", "the most inside", "let three in at once"];
    vec![
        breaks(
            "free-for-all",
            free_for_all,
            is(Crowd { most: 5, came: 5 }, "all five were in at once"),
        )
        .explored_for(MODEL[0], MODEL[1], MODEL[2], [1, 2], || protocols::crowd(None))
        .story("Without a semaphore, all five are in the critical section at once."),
        holds(
            "limited",
            limited,
            is(Crowd { most: 2, came: 5 }, "all five came in, two at once at the most"),
        )
        .explored_for(MODEL[0], MODEL[1], MODEL[2], [1, 2], || protocols::crowd(Some(2)))
        .story("A process waits for one of two permits to go in, and posts it when it comes out."),
        breaks(
            "killed-inside",
            killed_inside,
            is(false, "the permit of a process that was killed is never posted"),
        )
        .explored_for(
            "2 processes, 1 permit",
            "whether it is acquired",
            "lose the permit",
            [true],
            protocols::killed_inside,
        )
        .story("A process is killed with the only permit: it has no owner, and none posts it."),
    ]
}
