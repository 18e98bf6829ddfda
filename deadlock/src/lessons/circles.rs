//! The lessons in which locks are waited for in a circle.

use deadlock::{Window, model, real, rwlock};
use stage::{Lesson, Variant, expect};

use super::{all_hold, moment};

pub(crate) fn self_lock() -> Lesson {
    Lesson::new("self-lock", "one thread takes the same mutex twice")
        .story(
            "t1 holds A and calls a function that takes A. A mutex does not ask which thread \
             holds it: t1 waits for itself.",
        )
        .source("deadlock/src/self_lock.rs")
        .variants(self_lock_variants)
}

fn self_lock_variants() -> Vec<Variant> {
    use real::self_lock::{ended_first, handed_on, tried, twice};
    let modelled = |form: Variant, run: fn()| form.explored("1 thread", "deadlock", run);
    Vec::from([
        modelled(
            Variant::deadlocks("twice", twice).story(
                "The callee acquires the mutex that its caller still holds, so the \
                     thread waits for itself.",
            ),
            model::self_lock::twice,
        ),
        modelled(
            Variant::holds("ended-first", || {
                expect(ended_first(), 90, "the guard's block ends before the call")
            })
            .story("The guard's block ends before the call, so the callee finds the mutex free."),
            || assert_eq!(model::self_lock::ended_first(), 90),
        ),
        modelled(
            Variant::holds("handed-on", || {
                expect(handed_on(), 90, "the function is handed the value, not the lock")
            })
            .story("The callee is passed what the mutex guards, and acquires no lock itself."),
            || assert_eq!(model::self_lock::handed_on(), 90),
        ),
        modelled(
            Variant::holds("tried", || {
                expect(tried(), false, "try_lock fails at once, and nobody waits")
            })
            .story(
                "The callee uses `try_lock`, which fails at once in place of waiting for \
                         its own thread.",
            ),
            || {
                assert!(!model::self_lock::tried());
            },
        ),
    ])
}

pub(crate) fn lock_order() -> Lesson {
    Lesson::new("lock-order", "two threads, two locks, opposite orders")
        .story("t1 takes A, then B. t2 takes B, then A. Each holds what the other wants.")
        .source("deadlock/src/lock_order/")
        .variants(lock_order_variants)
}

fn lock_order_variants() -> Vec<Variant> {
    use real::lock_order::{Done, both_at_once, opposite, ordered, try_back_off};
    let modelled = |form: Variant, run: fn(Window) -> model::lock_order::Done| {
        form.explored("2 threads", "deadlock", move || {
            assert_eq!(run(Window::narrow()).values, (2, 2));
        })
    };
    let added = |done: Done, how: &str| {
        let again = if done.back_offs > 0 {
            format!(", back-offs: {}", done.back_offs)
        } else {
            String::new()
        };
        expect(done.values, (2, 2), format!("{how}: both had both{again}"))
    };
    Vec::from([
        modelled(
            Variant::deadlocks("opposite", || opposite::run(all_hold())).story(
                "t1 acquires A, then B, and t2 B, then A: each holds the lock that the \
                     other one waits for.",
            ),
            model::lock_order::opposite::run,
        ),
        modelled(
            Variant::holds("ordered", move || {
                added(ordered::run(moment()), "A before B on both threads")
            })
            .story(
                "Both threads acquire A before B: with one order for all locks, a cycle \
                         of waits cannot close.",
            ),
            model::lock_order::ordered::run,
        ),
        modelled(
            Variant::holds("try-back-off", move || {
                added(try_back_off::run(all_hold()), "no wait with a lock held")
            })
            .story(
                "The second lock is only tried: a thread that fails releases its first \
                     one, so none holds and waits.",
            ),
            model::lock_order::try_back_off::run,
        ),
        modelled(
            Variant::holds("both-at-once", move || {
                added(both_at_once::run(moment()), "one thread at a time acquires them")
            })
            .story(
                "Both are acquired under a third lock, so one thread at a time can hold \
                     one and wait for the other.",
            ),
            model::lock_order::both_at_once::run,
        ),
    ])
}

pub(crate) fn coffman() -> Lesson {
    Lesson::new("coffman", "the four conditions of a deadlock, each taken away in turn")
        .story(
            "Mutual exclusion, hold and wait, no preemption, circular wait: without any one of \
             them, there is no deadlock.",
        )
        .source("deadlock/src/coffman.rs")
        .variants(coffman_variants)
}

fn coffman_variants() -> Vec<Variant> {
    use real::coffman::{all_four, all_or_nothing, no_circular_wait, preempted, shared};
    let modelled = |form: Variant, run: fn()| form.explored("2 threads", "deadlock", run);
    Vec::from([
        modelled(
            Variant::deadlocks("all-four", || all_four::run(all_hold())).story(
                "Exclusive locks, held while waiting, never taken away, acquired in \
                     opposite orders: a deadlock.",
            ),
            || {
                model::coffman::all_four::run(Window::narrow());
            },
        ),
        modelled(
            Variant::holds("no-mutual-exclusion", || {
                expect(shared::run(all_hold()), [2, 2], "both read both: a lock with room for many")
            })
            .story(
                "Both threads only read, under reader-writer locks that admit any number \
                     of readers: nobody waits.",
            ),
            || assert_eq!(model::coffman::shared::run(Window::narrow()), [2, 2]),
        ),
        modelled(
            Variant::holds("no-hold-and-wait", || {
                expect(
                    all_or_nothing::run(moment()),
                    2,
                    "both or none: a thread that waits holds nothing",
                )
            })
            .story(
                "A thread acquires both resources at once or none, so one that waits \
                     holds nothing.",
            ),
            || assert_eq!(model::coffman::all_or_nothing::run(Window::narrow()), 2),
        ),
        modelled(
            Variant::holds("preemption", || {
                let (value, robberies) = preempted::run(all_hold());
                expect(
                    value,
                    2,
                    format!("preempted while they waited, and begun again: {robberies}"),
                )
            })
            .story(
                "What a waiting thread holds can be taken from it; it is told, and \
                     begins again.",
            ),
            || assert_eq!(model::coffman::preempted::run(Window::narrow()).0, 2),
        ),
        modelled(
            Variant::holds("no-circular-wait", || {
                expect(
                    no_circular_wait::run(moment()).values,
                    (2, 2),
                    "one order for all: A before B",
                )
            })
            .story(
                "Both threads acquire A before B, so no thread waits for a lock that \
                     comes earlier in the order.",
            ),
            || assert_eq!(model::coffman::no_circular_wait::run(Window::narrow()).values, (2, 2)),
        ),
    ])
}

pub(crate) fn upgrade() -> Lesson {
    Lesson::new("upgrade", "two readers that both want to write")
        .story("Each keeps its read lock and waits until it is the only reader.")
        .source("deadlock/src/upgrade/")
        .variants(upgrade_variants)
}

fn upgrade_variants() -> Vec<Variant> {
    use real::upgrade::{announced, both_upgrade, read_again, refused};
    let modelled = |form: Variant, run: fn(Window) -> u32| {
        form.explored("2 threads", "deadlock", move || assert_eq!(run(Window::narrow()), 2))
    };
    let two = |value, line: &str| expect(value, 2, line);
    Vec::from([
        modelled(
            Variant::deadlocks("both-upgrade", || both_upgrade::run(all_hold())).story(
                "Both readers ask to write and keep their read locks, so each waits for \
                     the other to stop reading.",
            ),
            model::upgrade::both_upgrade::run,
        ),
        Variant::deadlocks("std-read-write", rwlock::read_then_write).story(
            "A thread that holds std's read lock asks for the write lock, and waits \
                 for itself.",
        ),
        Variant::deadlocks("std-read-twice", rwlock::read_twice).story(
            "A reader reads again while a writer waits: the writer keeps new readers \
                 out, and waits for the old one.",
        ),
        modelled(
            Variant::holds("refused", move || {
                two(refused::run(all_hold()), "the second to ask stops reading, and begins again")
            })
            .story(
                "The second reader that asks to upgrade is refused: it stops reading, \
                     and begins again.",
            ),
            model::upgrade::refused::run,
        ),
        modelled(
            Variant::holds("announced", move || {
                two(announced::run(moment()), "one upgradable reader at a time")
            })
            .story(
                "A reader that may write says so before it reads, and there is one such \
                     reader at a time.",
            ),
            model::upgrade::announced::run,
        ),
        modelled(
            Variant::holds("read-again", move || {
                two(read_again::run(all_hold()), "stops reading, then writes what it reads anew")
            })
            .story(
                "A reader stops reading before it asks to write, and reads again once it \
                     is the writer.",
            ),
            model::upgrade::read_again::run,
        ),
    ])
}
