//! The lesson `spin`: why test and set has to be one atomic step.

use std::time::Duration;

use locks::real::exclusion_probe::Entries;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

use super::{Increments, exclusion};

const PACE: Duration = Duration::from_millis(1);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("spin", "a lock that is waited for by spinning")
        .story(
            "A thread that finds it taken looks again and again, with exponential back-off. A \
             thread that finds it free acquires it: in two steps both enter, in one step one does.",
        )
        .source("locks/src/{spin,primitives/spin}.rs")
        .mutants(super::weakened::spin())
        .variants_with(variants)
}

fn variants(&options: &Increments) -> Vec<Variant> {
    use real::spin::{count, one_step, two_steps, waited};
    const TURNS: u32 = 3;
    let two_steps = Variant::breaks("two-steps", || {
        let both = Entries { entered: 2, most_inside: 2, value: 1 };
        let line = "both find it free, both acquire it: an increment is lost";
        expect(two_steps(3 * PACE), both, line)
    })
    .story("Tests the flag and sets it in two steps, so both threads enter the critical section.");
    let one_step = Variant::holds("one-step", move || {
        let tried = one_step(PACE);
        expect(
            (tried.most_inside, tried.value),
            (1, tried.entered),
            "one is inside at once, and each adds 1",
        )?;
        let all = Entries { entered: 2 * TURNS, most_inside: 1, value: 2 * TURNS };
        expect(waited(TURNS, PACE), all, "both spin until they are admitted, one at a time")?;
        options.counted(count)
    })
    .story("Tests and sets the flag by one compare-and-swap, which one of the two threads wins.")
    .within(options.limit());
    Vec::from([
        exclusion(two_steps, model::spin::two_steps),
        exclusion(one_step, model::spin::one_step),
    ])
}
