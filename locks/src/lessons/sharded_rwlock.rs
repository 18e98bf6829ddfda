//! The lesson `sharded-rwlock`: a lock for each reader, and all of them for a writer.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(4);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("sharded-rwlock", "a lock for each reader, and all of them for a writer")
        .story(
            "Readers that share one lock contend for its cache line. So r has a shard of its own; \
             and w, which writes two values?",
        )
        .source("locks/src/{sharded_rwlock,primitives/sharded_rwlock}.rs")
        .variants(variants)
}

fn explored(variant: Variant, run: fn(Duration) -> [u32; 2]) -> Variant {
    let whole = [[0, 0], [1, 1]];
    variant.explored_for("2 threads", "the pair", "tear it", whole, move || run(Duration::ZERO))
}

fn variants() -> Vec<Variant> {
    use real::sharded_rwlock::{every_shard, own_shard};
    let own = Variant::breaks("own-shard", || {
        let line = "both are inside, a torn read: r sees one value new and one old";
        expect(own_shard(PACE), [1, 0], line)
    })
    .story("The writer acquires its own shard alone: other readers see half of its work.");
    let every = Variant::holds("every-shard", || {
        expect(every_shard(PACE), [1, 1], "r waits for its shard, and sees both values new")
    })
    .story("The writer acquires every shard, always in one order, and so excludes each reader.");
    Vec::from([
        explored(own, model::sharded_rwlock::own_shard),
        explored(every, model::sharded_rwlock::every_shard),
    ])
}
