//! The lessons on the executor of one thread, and on what its tasks may share.

use std::time::Duration;

use coroutines::{Window, model, on_ours, on_tokio, real};
use stage::{Checked, Lesson, Report, Variant, expect};

pub(crate) fn executor() -> Lesson {
    Lesson::new("executor", "who polls: a run queue, timers, and a wake that gets lost")
        .story(
            "While all tasks wait, the executor's thread sleeps. A wake may come just between \
             its last look and its sleep.",
        )
        .source("coroutines/src/{wake,executor}.rs")
        .variants(executor_variants)
}

fn executor_variants() -> Vec<Variant> {
    use real::wake::{locked, looks_then_sleeps, parked, wiped_late};
    const PACE: Duration = Duration::from_millis(2);
    let modelled = |form: Variant, run: fn(&Window) -> u32| {
        form.explored("2 threads", "lose the wake", move || run(&Window::narrow()))
    };
    let woken = |polls: u32, line: &str| -> Checked {
        // A park may end for nothing.
        if polls < 2 {
            return Err(format!("polled {polls} times"));
        }
        Ok(Report::new(format!("{line}: polled {polls} times")))
    };
    let polled = |first: Vec<usize>, times: [u32; 3]| {
        let [gives_way, sleeps, asks] = times;
        if first != [1, 2, 3] || (gives_way, asks) != (4, 2) || !(1..=2).contains(&sleeps) {
            return Err(format!("polled {first:?} first, and {times:?} times"));
        }
        Ok(Report::new(format!("polled {gives_way}, {sleeps} and {asks} times, and none in vain")))
    };
    Vec::from([
        modelled(
            Variant::deadlocks("looks-then-sleeps", || looks_then_sleeps::run(&Window::wide()))
                .story(
                    "It checks a flag, then sleeps: two steps, and a wake between them finds \
                 nobody asleep and is lost.",
                ),
            model::wake::looks_then_sleeps::run,
        ),
        modelled(
            Variant::deadlocks("wiped-late", || wiped_late::run(&Window::wide())).story(
                "Check and sleep are one step, but the flag is cleared right before it, \
                 together with a wake that just came.",
            ),
            model::wake::wiped_late::run,
        ),
        modelled(
            Variant::holds("locked", move || {
                woken(locked::run(&Window::wide()), "look and sleep in one step")
            })
            .story(
                "Check, sleep and clearing are one step under a lock: a wake comes before \
                 the check or after the sleep began.",
            ),
            model::wake::locked::run,
        ),
        modelled(
            Variant::holds("parked", move || {
                woken(parked::run(&Window::wide()), "unpark leaves a token")
            })
            .story(
                "`unpark` leaves a token and `park` consumes it instead of sleeping: a \
                 wake in the window is not lost.",
            ),
            model::wake::parked::run,
        ),
        Variant::holds("ours", move || {
            let on_ours::run_loop::Polled { first, times } = on_ours::run_loop::run(PACE);
            polled(first, times)
        })
        .story(
            "Our executor: a run queue in FIFO order, timers, and a parked thread; it \
                 polls no task that was not woken.",
        ),
        Variant::holds("tokio", move || {
            let on_tokio::run_loop::Polled { first, times } = on_tokio::run_loop::run(PACE);
            polled(first, times)
        })
        .story("The same three tasks on tokio: each is polled as often as it is woken."),
    ])
}

pub(crate) fn local() -> Lesson {
    Lesson::new("local", "tasks that never leave their thread, and share without a lock")
        .story(
            "t1 and t2 each add 2 to one cell. No lock, no data race; and yet updates are lost \
             where an await lies between read and write.",
        )
        .source("coroutines/src/local.rs")
        .variants(local_variants)
}

fn local_variants() -> Vec<Variant> {
    use on_ours::local as ours;
    use on_tokio::local::{SUM, a_runtime_each, await_between, no_await_between, outside};
    const PACE: Duration = Duration::from_millis(4);
    Vec::from([
        Variant::breaks("await-between", || {
            let line = format!("read, await, write: of {SUM} added, {} are there", SUM / 2);
            expect(await_between(PACE), SUM / 2, line)
        })
        .story(
            "Each task reads, awaits, and writes: the other task runs at the await, \
                 and its update is overwritten.",
        ),
        Variant::holds("no-await-between", || {
            expect(
                no_await_between(PACE),
                SUM,
                format!("nobody runs between read and write: {SUM}"),
            )
        })
        .story(
            "Nothing is awaited between read and write, so no other task of the \
                 thread runs there: no lock is needed.",
        ),
        Variant::holds("a-runtime-each", || {
            let line = format!("two threads that share nothing: {SUM} and {SUM}");
            expect(a_runtime_each(PACE), 2 * SUM, line)
        })
        .story(
            "A thread and a runtime for each half: tasks still share without locks, \
                 and two cores are used.",
        ),
        Variant::breaks("outside", || {
            expect(outside(), true, "spawned where no executor runs: spawn_local panics")
        })
        .story(
            "A task is spawned where no executor runs: nothing would ever poll it, so \
                 that the call panics.",
        ),
        Variant::holds("on-ours", || {
            let sums = [ours::await_between, ours::no_await_between, ours::a_runtime_each]
                .map(|add| add(PACE));
            let line = "our executor: the same, a lost update and a panic included";
            expect((sums, ours::outside()), ([SUM / 2, SUM, 2 * SUM], true), line)
        })
        .story("The same variants on our executor, whose tasks need not be Send either."),
    ])
}
