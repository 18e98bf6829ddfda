//! What the lessons of one approach each share: threads ask at once, and what was built is counted.

use std::fmt;

use singleton::orderings::{Executions, Orderings};
use singleton::real::race::{Constructor, RaceResult, race};
use singleton::{Singleton, model};
use stage::{Checked, Report, Variant};

#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Threads {
    /// How many threads ask at once, 2 to 100
    #[arg(long, value_name = "N", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u16).range(2..=100))]
    threads: u16,
}

impl Threads {
    pub(super) fn count(&self) -> usize {
        self.threads.into()
    }
}

#[derive(PartialEq)]
struct InUse(usize);

impl fmt::Debug for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in use", self.0)
    }
}

/// One of ours, which lets one thread build: as it is, and its model.
pub(super) fn builds_one_of_ours<R: Singleton, M: Singleton>(
    name: &'static str,
    threads: &Threads,
) -> Variant {
    modelled::<M>(builds_one::<R>(name, threads))
}

/// Adds the model of two threads, in which two configs in use are a failure.
pub(super) fn modelled<S: Singleton>(variant: Variant) -> Variant {
    variant.explored_for("2 threads", "", "use two", [InUse(1)], || {
        InUse(model::race::race::<S>(2, &model::race::Constructor::instant()).in_use())
    })
}

pub(super) fn builds_many<S: Singleton>(threads: &Threads) -> Variant {
    let threads = threads.count();
    Variant::breaks("all-at-once", move || {
        let result = race::<S>(threads, &Constructor::until_all_build(threads));
        counted(&result, (threads, threads), "each thread has another one")
    })
}

pub(super) fn builds_one<S: Singleton>(name: &'static str, threads: &Threads) -> Variant {
    let threads = threads.count();
    Variant::holds(name, move || {
        let result = race::<S>(threads, &Constructor::for_a_moment(threads));
        counted(&result, (1, 1), "all threads have the same one")
    })
}

pub(super) fn counted(result: &RaceResult, wanted: (usize, usize), line: &str) -> Checked {
    let line = format!("{} threads, {} built: {line}", result.got.len(), result.built);
    stage::expect((result.built, result.in_use()), wanted, line)
}

/// The variants that Loom runs: with the orderings as the file has them, and with weaker ones.
pub(super) fn under_loom(try_all: fn(Orderings) -> Executions) -> [Variant; 2] {
    let every = Variant::holds("every-execution", move || {
        let Executions { all, unwritten, .. } = try_all(Orderings::AsWritten);
        let line = format!("Loom: none of {all} executions of 2 threads reads too early");
        stage::expect(unwritten, 0, line)
    });
    let relaxed = Variant::breaks("relaxed", move || {
        let [load, store] = [Orderings::RelaxedLoad, Orderings::RelaxedStore].map(try_all);
        if load.unwritten == 0 || store.unwritten == 0 {
            return Err(format!("Loom found nothing: {load:?}, {store:?}"));
        }
        let found = |seen: Executions| format!("in {} of {} executions", seen.unwritten, seen.all);
        Ok(Report::by_model_checker(
            "a thread has the config, and reads it as it was before it was written",
        )
        .fact("the load is Relaxed", found(load))
        .fact("the store is Relaxed", found(store)))
    });
    [
        every.story("Loom runs every execution of two threads, with the file's own orderings."),
        relaxed
            .story("With either ordering Relaxed, a pointer may be seen before what it points to."),
    ]
}
