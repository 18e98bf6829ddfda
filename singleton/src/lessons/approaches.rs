//! The lessons of one approach each: threads ask at once, and what was built is counted.

use std::sync;

use singleton::orderings::{self, Orderings, Seen};
use singleton::real::race::{Outcome, race};
use singleton::{Config, Singleton, Window, lazy_lock as lazy, model, per_thread, real};
use stage::{Checked, Lesson, Report, Variant};

use super::Threads;

/// A window in which all threads build: for approaches that let them.
fn all_build(threads: usize) -> Window {
    Window::until_all_build(threads)
}

/// A window in which one builds, and the others come meanwhile.
fn one_builds(threads: usize) -> Window {
    Window::for_a_moment(threads)
}

/// Adds the model of two threads; one in which two configs are in use has failed.
fn modelled<S: Singleton>(form: Variant) -> Variant {
    form.explored("2 threads", "use two", || {
        let outcome = model::race::race::<S>(2, Window::narrow());
        assert!(outcome.in_use() == 1, "two configs are in use");
    })
}

/// A form whose every thread builds a config, and uses its own.
fn makes_many<S: Singleton>(threads: usize, story: &'static str) -> Variant {
    Variant::breaks("all-at-once", move || {
        let outcome = race::<S>(threads, all_build(threads));
        counted(&outcome, (threads, threads), "each thread has another one")
    })
    .story(story)
}

/// A form that builds one.
fn makes_one<S: Singleton>(name: &'static str, threads: usize, story: &'static str) -> Variant {
    Variant::holds(name, move || {
        counted(&race::<S>(threads, one_builds(threads)), (1, 1), "all threads have the same one")
    })
    .story(story)
}

/// Reports, if so many were built and so many are in use.
fn counted(outcome: &Outcome, wanted: (usize, usize), line: &str) -> Checked {
    if (outcome.built, outcome.in_use()) != wanted {
        return Err(format!("{outcome:?}"));
    }
    Ok(Report::new(format!("{} threads, {} built: {line}", outcome.got.len(), outcome.built)))
}

/// The forms that Loom runs: as the file is written, and with less said about order.
fn in_every_execution(try_all: fn(Orderings) -> Seen) -> [Variant; 2] {
    let every = Variant::holds("every-execution", move || {
        let seen = try_all(Orderings::AsWritten);
        let line =
            format!("Loom: none of {} executions of 2 threads reads too early", seen.executions);
        if seen.unwritten == 0 { Ok(Report::new(line)) } else { Err(format!("{seen:?}")) }
    })
    .story("Loom runs every execution of two threads, with the orderings as the file has them.");
    let relaxed = Variant::breaks("relaxed", move || {
        let [look, store] = [Orderings::RelaxedLook, Orderings::RelaxedStore].map(try_all);
        if look.unwritten == 0 || store.unwritten == 0 {
            return Err(format!("Loom found nothing: {look:?}, {store:?}"));
        }
        let found = |seen: Seen| format!("in {} of {} executions", seen.unwritten, seen.executions);
        Ok(Report::by_model_checker(
            "a thread has the config, and reads it as it was before it was written",
        )
        .fact("the load is Relaxed", found(look))
        .fact("the store is Relaxed", found(store)))
    })
    .story("With either ordering Relaxed, a thread may see the pointer before what it points to.");
    [every, relaxed]
}

pub(crate) fn naive() -> Lesson {
    Lesson::new("naive", "look, and make one if there is none")
        .story(
            "Each constructor takes its time, and stays until all threads are in theirs: so all \
             have looked, and found none.",
        )
        .source("singleton/src/naive.rs")
        .variants_with(naive_variants)
}

fn naive_variants(threads: &Threads) -> Vec<Variant> {
    use real::naive::Naive;
    let threads = usize::from(threads.threads);
    Vec::from([
        modelled::<model::naive::Naive>(makes_many::<Naive>(
            threads,
            "Checks, then acts: every thread has checked before the first config is in its place.",
        )),
        Variant::holds("in-turn", move || {
            let (singleton, building) =
                (Naive::fresh(), real::race::Building::new(one_builds(threads)));
            let build = building.clone();
            // One asks before the others begin: then there is one, and all find it.
            singleton.instance(|| build.build());
            let ask = move || singleton.instance(|| build.build()).number();
            counted(&real::race::race_for(threads, &building, ask), (1, 1), "one had asked before")
        })
        .story("One thread asks before the others begin, so that all of them find its config."),
    ])
}

pub(crate) fn outside_the_lock() -> Lesson {
    Lesson::new("outside-the-lock", "look, lock, look again, and create after the lock")
        .story("A double check by the book, but for one line: the lock is given back before it.")
        .source("singleton/src/outside_the_lock.rs")
        .variants_with(outside_the_lock_variants)
}

fn outside_the_lock_variants(threads: &Threads) -> Vec<Variant> {
    let form = makes_many::<real::outside_the_lock::OutsideTheLock>(
        usize::from(threads.threads),
        "Releases the lock after the second check and before it builds, so every thread builds.",
    );
    Vec::from([modelled::<model::outside_the_lock::OutsideTheLock>(form)])
}

pub(crate) fn mutex() -> Lesson {
    Lesson::new("mutex", "look and make one under the same lock")
        .story(
            "The first one in builds, while the others wait. Every later call takes the lock as \
             well.",
        )
        .source("singleton/src/mutex.rs")
        .variants_with(mutex_variants)
}

fn mutex_variants(threads: &Threads) -> Vec<Variant> {
    let form = makes_one::<real::mutex::Locked>(
        "one-lock",
        usize::from(threads.threads),
        "Checks and builds under one lock, so that the next thread finds what the first has built.",
    );
    Vec::from([modelled::<model::mutex::Locked>(form)])
}

pub(crate) fn double_checked() -> Lesson {
    Lesson::new("double-checked", "look, lock, look again, create; and later calls take no lock")
        .story(
            "That a reader without a lock sees the config whole is for the pointer's ordering \
             to say. An x86 forgives a wrong one; Loom, in whose executions a store may be seen \
             late, does not.",
        )
        .source("singleton/src/double_checked.rs")
        .variants_with(double_checked_variants)
}

fn double_checked_variants(threads: &Threads) -> Vec<Variant> {
    let form = makes_one::<real::double_checked::DoubleChecked>(
        "acquire-release",
        threads.threads.into(),
        "Checks without the lock, then again under it: one thread builds, and later calls take no \
         lock.",
    );
    let [every, relaxed] = in_every_execution(orderings::double_checked);
    Vec::from([modelled::<model::double_checked::DoubleChecked>(form), every, relaxed])
}

pub(crate) fn compare_exchange() -> Lesson {
    Lesson::new("compare-exchange", "build, and throw away what came too late")
        .story(
            "Nobody waits for anybody. The first to put its config in the empty place wins; \
             several may be built.",
        )
        .source("singleton/src/compare_exchange.rs")
        .variants_with(compare_exchange_variants)
}

fn compare_exchange_variants(threads: &Threads) -> Vec<Variant> {
    let threads = usize::from(threads.threads);
    let form = Variant::holds("first-wins", move || {
        let outcome = race::<real::compare_exchange::FirstWins>(threads, all_build(threads));
        let line = format!("all have the same one, {} discarded", outcome.built.saturating_sub(1));
        counted(&outcome, (threads, 1), &line)
    })
    .story(
        "Builds without waiting, and publishes by one compare-and-swap: the first wins, the others \
        discard theirs.",
    );
    let [every, relaxed] = in_every_execution(orderings::compare_exchange);
    Vec::from([modelled::<model::compare_exchange::FirstWins>(form), every, relaxed])
}

pub(crate) fn once() -> Lesson {
    Lesson::new("once", "std's Once: a closure that runs once")
        .story(
            "The value is kept in a cell beside it, which is written in the closure and read \
             after it.",
        )
        .source("singleton/src/once.rs")
        .variants_with(once_variants)
}

fn once_variants(threads: &Threads) -> Vec<Variant> {
    let form = makes_one::<real::once::WithOnce>(
        "once-and-cell",
        threads.threads.into(),
        "std's Once runs one closure, which fills a cell; the other threads block until it has \
         returned.",
    );
    Vec::from([modelled::<model::once::WithOnce>(form)])
}

pub(crate) fn once_cell() -> Lesson {
    Lesson::new("once-cell", "a once cell by hand: empty, somebody builds, full")
        .story(
            "Who comes while somebody builds sleeps until it is done. Later calls read one flag.",
        )
        .source("singleton/src/once_cell.rs")
        .variants_with(once_cell_variants)
}

fn once_cell_variants(threads: &Threads) -> Vec<Variant> {
    let form = makes_one::<real::once_cell::OnceCell<Config>>(
        "once-cell",
        threads.threads.into(),
        "Notes which thread builds; the others sleep until the value is there, or the build has \
         failed.",
    );
    let [every, relaxed] = in_every_execution(orderings::once_cell);
    Vec::from([modelled::<model::once_cell::OnceCell<Config>>(form), every, relaxed])
}

pub(crate) fn once_lock() -> Lesson {
    Lesson::new("once-lock", "std's cell that is filled once")
        .story("Take this one where a caller knows how to build.")
        .source("singleton/src/once_lock.rs")
        .variants_with(once_lock_variants)
}

fn once_lock_variants(threads: &Threads) -> Vec<Variant> {
    let form = makes_one::<sync::OnceLock<Config>>(
        "once-lock",
        threads.threads.into(),
        "std's OnceLock runs the initialiser of the first caller, and blocks the others meanwhile.",
    );
    Vec::from([form])
}

pub(crate) fn lazy_lock() -> Lesson {
    Lesson::new("lazy-lock", "std's lazy value: its initialiser stands beside it")
        .story("Take this one for a static whose initialiser needs nothing from its callers.")
        .source("singleton/src/lazy_lock.rs")
        .variants_with(lazy_lock_variants)
}

fn lazy_lock_variants(threads: &Threads) -> Vec<Variant> {
    let threads = usize::from(threads.threads);
    let form = Variant::holds("lazy-lock", move || {
        counted(&lazy::race(threads, one_builds(threads)), (1, 1), "all threads have the same one")
    })
    .story("std's LazyLock has its initialiser beside it, and runs it at the first access.");
    Vec::from([form])
}

pub(crate) fn thread_local() -> Lesson {
    Lesson::new("thread-local", "one for each thread")
        .story(
            "No lock: no two threads see the same one at the same time. Each asks twice, and \
             gets its own again.",
        )
        .source("singleton/src/per_thread.rs")
        .variants_with(thread_local_variants)
}

fn thread_local_variants(threads: &Threads) -> Vec<Variant> {
    /// As a rule, the second thread is given what the first one has left.
    const MOST: usize = 100;
    let threads = usize::from(threads.threads);
    let form = |name, run: fn(usize, Window) -> Outcome, line: &'static str, story| {
        Variant::holds(name, move || {
            counted(&run(threads, all_build(threads)), (threads, threads), line)
        })
        .story(story)
    };
    let handed_on = Variant::breaks("handed-on", || match per_thread::in_turn(MOST) {
        Some(threads) => Ok(Report::new(format!(
            "thread {threads} begins when those before have ended: it builds none, and has one of \
             theirs"
        ))),
        None => Err(format!("each of {MOST} threads built its own")),
    })
    .story(
        "A thread that starts after another has ended is given that one's value by the crate \
         thread_local.",
    );
    Vec::from([
        form(
            "in-a-static",
            per_thread::in_a_static,
            "each has its own, by std's thread_local!",
            "std's thread_local! builds one for each thread, and drops it when the thread ends.",
        ),
        form(
            "in-a-value",
            per_thread::in_a_value,
            "each has its own, by the crate thread_local",
            "The crate thread_local keeps one for each thread in a value, and they outlive the \
             threads.",
        ),
        handed_on,
    ])
}
