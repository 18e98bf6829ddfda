//! The lesson `panic`.

use std::sync::OnceLock;

use singleton::Config;
use singleton::panic::{Callers, callers, callers_of_a_lazy_lock};
use singleton::real::compare_exchange::FirstWins;
use singleton::real::double_checked::DoubleChecked;
use singleton::real::mutex::Locked;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("panic", "an initialiser that panics, and what the next caller gets")
        .story("t1's initialiser panics while t2 waits; then comes t3: empty again, or poisoned?")
        .source("singleton/src/panic.rs")
        .variants(variants)
}

fn variants() -> [Variant; 7] {
    let poisons = |name, run: fn() -> Callers| Variant::breaks(name, move || poisoned(&run()));
    let empties = |name, run: fn() -> Callers, why: &'static str| {
        Variant::holds(name, move || empty_again(run(), why))
    };
    [
        poisons("once", callers::<WithOnce>)
            .story("The panic poisons std's Once, and every later call_once panics as well."),
        poisons("lazy-lock", callers_of_a_lazy_lock)
            .story("The panic poisons the LazyLock for good: its one initialiser has failed."),
        empties("mutex", callers::<Locked>, "poisoned, and empty")
            .story("The next caller ignores that the mutex is poisoned: nothing is half done."),
        empties("double-checked", callers::<DoubleChecked>, "no pointer was stored")
            .story("The panic comes before the pointer is stored, so the next caller builds."),
        empties("compare-exchange", callers::<FirstWins>, "nothing was published")
            .story("The panic comes before the compare-and-swap, so the next caller builds."),
        empties("once-lock", callers::<OnceLock<Config>>, "empty again")
            .story("std's OnceLock is empty after the panic, and a thread that waits builds."),
        empties("once-cell", callers::<OnceCell<Config>>, "emptied by a guard")
            .story("A guard notes, as the panic unwinds, that no thread builds any more."),
    ]
}

/// All three callers panic, the later two since the place is poisoned; nothing is ever built.
fn poisoned(seen: &Callers) -> Checked {
    match (&seen.first, &seen.meanwhile, &seen.later) {
        (Err(first), Err(_), Err(said))
            if first == "no such file" && said.contains("poisoned") && seen.built == 0 =>
        {
            Ok(Report::new(format!("t2 and t3 panic as well: {said}")))
        }
        _ => Err(format!("{seen:?}")),
    }
}

/// The first caller has its own panic; the one that came meanwhile builds, the last has the same
/// one.
fn empty_again(seen: Callers, why: &str) -> Checked {
    let first = Err("no such file".to_owned());
    let wanted = Callers { first, meanwhile: Ok(1), later: Ok(1), built: 1 };
    stage::expect(seen, wanted, format!("{why}: t2 builds, t3 has the same one"))
}
