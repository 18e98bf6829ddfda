//! The lessons on tasks that keep their thread, or what others need.

use std::time::Duration;

use coroutines::blocking as calls;
use coroutines::on_tokio::{cpu_bound as computing, guard as guards};
use coroutines::tokio_runtime::block_on;
use coroutines::{executor, on_ours};
use stage::{Lesson, Report, Variant, expect};

pub(crate) fn blocking() -> Lesson {
    Lesson::new("blocking", "a blocking call stalls all the tasks of its thread")
        .story(
            "The caller blocks its thread until the ticker has ticked five times. On the \
             ticker's own thread, it never does.",
        )
        .source("coroutines/src/blocking.rs")
        .variants(blocking_variants)
}

fn blocking_variants() -> Vec<Variant> {
    use calls::{Stall, TICKS, block_in_place, on_every_worker, on_the_runtime, spawn_blocking};
    const PERIOD: Duration = Duration::from_millis(4);
    const LIMIT: Duration = Duration::from_millis(80);
    // Generous: it only ends a wait that would be in vain.
    const PLENTY: Duration = Duration::from_secs(20);
    let shown = |stall: Stall, wanted: u32, line: &str| {
        let longest = stall.longest.as_secs_f64() * 1e3;
        let line = format!(
            "{} of {TICKS} ticks during the call, a gap of {longest:.0} ms: {line}",
            stall.ticks
        );
        expect(stall.ticks, wanted, line)
    };
    Vec::from([
        Variant::breaks("on-the-runtime", move || {
            shown(on_the_runtime(PERIOD, LIMIT), 0, "given up after 80 ms")
        })
        .story(
            "The call blocks the only thread of the runtime: the ticker that would \
                 end it is never polled.",
        ),
        Variant::breaks("on-every-worker", move || {
            shown(on_every_worker(PERIOD, LIMIT), 0, "two workers, two calls")
        })
        .story(
            "Two calls block both workers of a work-stealing runtime: no worker is \
                 left to poll the ticker.",
        ),
        Variant::holds("spawn-blocking", move || {
            shown(spawn_blocking(PERIOD, PLENTY), TICKS, "on a thread that is there for it")
        })
        .story(
            "The call runs on the runtime's pool of threads for blocking calls, and \
                 the ticker's thread is free.",
        ),
        Variant::holds("block-in-place", move || {
            shown(block_in_place(PERIOD, PLENTY), TICKS, "the tasks moved to another thread")
        })
        .story("The worker hands its tasks over to another thread before it blocks."),
    ])
}

pub(crate) fn cpu_bound() -> Lesson {
    Lesson::new("cpu-bound", "a task that computes and never awaits")
        .story(
            "It counts primes; the other task wants a turn all the time. How many does it get \
             before all are counted?",
        )
        .source("coroutines/src/cpu_bound.rs")
        .variants(cpu_bound_variants)
}

fn cpu_bound_variants() -> Vec<Variant> {
    use computing::{
        Fairness, gives_way, never_gives_way, on_a_thread, ready_channel, unconstrained,
    };
    const END: u32 = 4000;
    const PRIMES: u32 = 550;
    let none = |done: Fairness, counted: u32, what: &str| {
        expect(
            (done.counted, done.turns),
            (counted, 0),
            format!("{counted} {what}; the other had no turn"),
        )
    };
    let some = |done: Fairness, counted: u32, what: &str| {
        if done.counted != counted || done.turns == 0 {
            return Err(format!("{done:?}"));
        }
        Ok(Report::new(format!("{counted} {what}; the other had {} turns", done.turns)))
    };
    Vec::from([
        Variant::breaks("never-gives-way", move || {
            none(block_on(never_gives_way(END)), PRIMES, "primes")
        })
        .story(
            "It computes without an await: no task can be preempted, so that the \
                 other is not polled.",
        ),
        Variant::holds("gives-way", move || {
            some(block_on(gives_way(END, 100)), PRIMES, "primes, a yield after each 100 numbers")
        })
        .story(
            "It yields after each 100 numbers: the other task has its turn in \
                 between.",
        ),
        Variant::holds("on-a-thread", move || {
            // How many it has depends on the machine; that it has some is made sure of.
            some(block_on(on_a_thread(END)), PRIMES, "primes, on a thread")
        })
        .story(
            "The computation runs on a thread of its own, and the executor's thread \
                 polls the other task meanwhile.",
        ),
        Variant::breaks("unconstrained", move || {
            none(block_on(unconstrained(1000)), 1000, "ready awaits")
        })
        .story(
            "An await on what is ready does not yield, and `unconstrained` switches \
                 tokio's budget off.",
        ),
        Variant::holds("ready-channel", move || {
            some(block_on(ready_channel(1000)), 1000, "ready awaits, a budget")
        })
        .story(
            "Tokio's channel takes from the task's budget, and is pending when it is \
                 used up: the task yields.",
        ),
        Variant::breaks("ready-on-ours", || {
            let ours = executor::block_on(on_ours::cpu_bound::ready_channel(1000));
            let line = "ours has no budget; the other had no turn";
            expect((ours.counted, ours.turns), (1000, 0), line)
        })
        .story(
            "Our executor gives a task no budget, so that tokio's channel never has \
                 to yield on it.",
        ),
        Variant::holds("on-ours", || {
            use on_ours::cpu_bound as ours;
            let (never, gives) = executor::block_on(async {
                (ours::never_gives_way(END).await, ours::gives_way(END, 100).await)
            });
            let done = (never.counted, never.turns, gives.counted, gives.turns > 0);
            expect(
                done,
                (PRIMES, 0, PRIMES, true),
                "our executor: the first two forms end the same",
            )
        })
        .story(
            "Computing without an await, and with a yield now and then, on our \
                 executor.",
        ),
    ])
}

pub(crate) fn guard() -> Lesson {
    Lesson::new("guard", "a lock, or a borrow, held across an await")
        .story(
            "Tasks t1 and t2 share a thread. t1 gives way with lock A in its hand; t2 waits for \
             A with the thread in its hand.",
        )
        .source("coroutines/src/guard.rs")
        .variants(guard_variants)
}

fn guard_variants() -> Vec<Variant> {
    use guards::{async_lock, borrow_across, ended_before, lock_across};
    Vec::from([
        Variant::deadlocks("lock-across", lock_across).story(
            "t1 yields while it holds a std lock; t2 blocks their thread on that \
                 lock, and t1 is never polled again.",
        ),
        Variant::breaks("borrow-across", || {
            expect(borrow_across(), (true, false), "a RefCell: t2 panicked, for t1 had it borrowed")
        })
        .story(
            "t1 yields while it holds a `RefCell` borrow: t2's `borrow_mut` panics, \
                 since one is still alive.",
        ),
        Variant::holds("ended-before", || {
            expect(ended_before(), 2, "the guard is dropped before the await")
        })
        .story(
            "The guard is dropped before the await, so that no task ever yields \
                 inside the critical section.",
        ),
        Variant::holds("async-lock", || {
            expect(async_lock(), 2, "tokio's lock gives way while it waits")
        })
        .story(
            "tokio's mutex may be held across an await: a task that waits for it \
                 yields instead of blocking.",
        ),
        Variant::holds("on-ours", || {
            use on_ours::guard as ours;
            let done = (ours::borrow_across(), ours::ended_before(), ours::async_lock());
            expect(done, ((true, false), 2, 2), "our executor: the same, t2's panic included")
        })
        .story(
            "The variants that end, on our executor: the same panic, and the same two \
                 fixes.",
        ),
    ])
}
