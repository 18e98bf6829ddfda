//! The lesson `reentrant`: a lock that knows its holder has to count.

use std::time::Duration;

use clap::value_parser;
use locks::real::exclusion_probe::Entries;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

use super::{exclusion, number_of};

const PACE: Duration = Duration::from_millis(1);

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Times that the thread acquires the lock, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = value_parser!(u32).range(1..=1_000))]
    times: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("reentrant", "a lock that its holder may acquire again")
        .story(
            "It knows its holder, and admits that thread again; and it has to count, or the end \
             of the inner critical section is the end of the outer one, too.",
        )
        .source("locks/src/{reentrant,primitives/reentrant}.rs")
        .python("rlock")
        .variants_with(variants)
}

fn variants(options: &Options) -> Vec<Variant> {
    use real::reentrant::{nested, released_once};
    let times = options.times;
    let uncounted = Variant::breaks("uncounted", || {
        let both = Entries { entered: 2, most_inside: 2, value: 1 };
        let line = "t1 ends its inner section, and t2 enters the outer one";
        expect(released_once::<false>(3 * PACE), both, line)
    })
    .story("Does not count: the end of the inner section releases the outer one as well.");
    let counted = Variant::holds("counted", move || {
        let one = Entries { entered: 1, most_inside: 1, value: 1 };
        expect(
            released_once::<true>(3 * PACE),
            one,
            "t2 is not admitted before the outer section ends",
        )?;
        let line = "acquired again and released, it is still held; the last release frees it";
        let shown = expect(nested(times), (1..=times).chain((0..times).rev()).collect(), line)?;
        let guards = number_of(times, "guard");
        Ok(shown
            .fact("times held", format!("{times} after {times} × lock, 0 after {guards} dropped")))
    })
    .story("Counts how often its holder has acquired it, and is free after the last release.");
    Vec::from([
        exclusion(uncounted, model::reentrant::released_once::<false>),
        exclusion(counted, model::reentrant::released_once::<true>),
    ])
}
