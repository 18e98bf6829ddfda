//! `upgrade`: readers that want to become the writer.

use deadlock::{model, real, rwlock};
use kit::sync_point::SyncPoint;
use stage::{Lesson, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("upgrade", "two readers that both want to write")
        .story("Each keeps its read lock and waits until it is the only reader.")
        .source("deadlock/src/upgrade.rs")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    use real::upgrade::{announced, both_upgrade, read_again, refused};
    let all_hold = || SyncPoint::until_all_hold(2);
    let moment = || SyncPoint::for_a_moment(2);
    let explored = |variant: Variant, run: fn(SyncPoint) -> u32| {
        variant
            .explored_for("2 threads", "the count", "deadlock", [2], move || run(SyncPoint::none()))
    };
    [
        explored(
            Variant::deadlocks("both-upgrade", move || both_upgrade(all_hold()))
                .story("Both ask to write and keep reading: each waits for the other to stop."),
            model::upgrade::both_upgrade,
        ),
        Variant::deadlocks("std-read-write", rwlock::read_then_write)
            .story("A thread that holds std's read lock asks for the write lock, in vain."),
        Variant::deadlocks("std-read-twice", rwlock::read_twice)
            .story("A reader reads again while a writer waits: each waits for the other to leave."),
        explored(
            Variant::holds("refused", move || {
                let line = "the second to ask stops reading, and begins again";
                expect(refused(all_hold()), 2, line)
            })
            .story("The second reader to ask is refused: it stops reading, and begins again."),
            model::upgrade::refused,
        ),
        explored(
            Variant::holds("announced", move || {
                expect(announced(moment()), 2, "one upgradable reader at a time")
            })
            .story("A reader that may write says so before it reads: one such reader at a time."),
            model::upgrade::announced,
        ),
        explored(
            Variant::holds("read-again", move || {
                let line = "stops reading, then writes what it reads anew";
                expect(read_again(all_hold()), 2, line)
            })
            .story("A reader stops reading before it asks to write, and then reads again."),
            model::upgrade::read_again,
        ),
    ]
}
