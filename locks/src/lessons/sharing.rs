//! The lessons on locks that several threads share.

use std::time::Duration;

use locks::{Cues, model, real};
use stage::{Lesson, Variant, expect};

use super::number_of;

/// As long as it takes to see something in the lanes.
const PACE: Duration = Duration::from_millis(4);

/// What `rwlock` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Rwlock {
    /// How often each of the two readers comes, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) turns: u32,
}

pub(crate) fn rwlock() -> Lesson {
    Lesson::new("rwlock", "many readers at once or one writer, and who starves")
        .story(
            "r1 and r2 hand over to each other: one always is inside. w wants to write. May a \
             reader pass a writer that waits?",
        )
        .source("locks/src/primitives/rwlock.rs")
        .variants_with(rwlock_variants)
}

fn rwlock_variants(options: &Rwlock) -> Vec<Variant> {
    use real::rwlock::{Done, reader_preferring, writer_preferring};
    let turns = options.turns;
    let modelled = |form: Variant, run: fn(u32, &Cues, Duration) -> model::rwlock::Done| {
        form.within(Duration::from_secs(30) + 4 * turns * PACE).explored(
            "3 threads",
            "overtaken",
            move || {
                let done = run(1, &Cues::none(), Duration::ZERO);
                assert!(done.alone, "the writer is not alone");
                assert!(done.overtook == 0, "a reader passes the writer that waits");
            },
        )
    };
    let reader_first = Variant::breaks("reader-preferring", move || {
        let wanted = Done { overtook: 2 * turns - 1, most_readers: 2, alone: true };
        let line = format!(
            "readers pass the writer {}; it gets in when none is left",
            number_of(wanted.overtook, "time")
        );
        expect(reader_preferring::run(turns, &Cues::given(), PACE), wanted, line)
    })
    .story(
        "Lets readers in while a writer waits, so the writer starves for as long as readers come.",
    );
    let writer_first = Variant::holds("writer-preferring", move || {
        let done = writer_preferring::run(turns, &Cues::given(), PACE);
        let line = "no reader passes; the writer gets in when the reader inside has left";
        expect((done.overtook, done.alone), (0, true), line)
    })
    .story(
        "Lets no new reader in once a writer waits, so the writer waits for the readers inside \
            alone.",
    );
    Vec::from([
        modelled(reader_first, model::rwlock::reader_preferring::run),
        modelled(writer_first, model::rwlock::writer_preferring::run),
    ])
}

pub(crate) fn sharded_rwlock() -> Lesson {
    Lesson::new("sharded-rwlock", "a lock for each reader, and all of them for a writer")
        .story(
            "Readers that share one lock wait for its cache line. So r has a shard of its own; \
             and w, which writes two values?",
        )
        .source("locks/src/primitives/sharded_rwlock.rs")
        .variants(sharded_rwlock_variants)
}

fn sharded_rwlock_variants() -> Vec<Variant> {
    use real::sharded_rwlock::{every_shard, own_shard};
    let modelled = |form: Variant, run: fn(&Cues, Duration) -> [u32; 2]| {
        form.explored("2 threads", "half seen", move || {
            let seen = run(&Cues::none(), Duration::ZERO);
            assert!(seen[0] == seen[1], "half written");
        })
    };
    let own = Variant::breaks("own-shard", || {
        expect(
            own_shard::run(&Cues::given(), PACE),
            [1, 0],
            "both are inside: r sees one value new and one old",
        )
    })
    .story(
        "The writer acquires its own shard alone, so a reader of another one sees one value new \
         and one old.",
    );
    let every = Variant::holds("every-shard", || {
        expect(
            every_shard::run(&Cues::given(), PACE),
            [1, 1],
            "r waits for its shard, and sees both values new",
        )
    })
    .story("The writer acquires every shard, always in one order, and so excludes each reader.");
    Vec::from([
        modelled(own, model::sharded_rwlock::own_shard::run),
        modelled(every, model::sharded_rwlock::every_shard::run),
    ])
}
