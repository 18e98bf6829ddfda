//! Optimistic and pessimistic locking.

use stage::{Checked, Lesson, Report, Variant, expect};
use thread_safety::conflicts::{Locked, run};
use thread_safety::model::{lane::SyncPoint as ModelPoint, optimistic as model};
use thread_safety::real::lane::SyncPoint;
use thread_safety::real::optimistic as real;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("optimistic", "write if the version is the one that was read, or begin again")
        .story(
            "t1 and t2 read a row and its version, add 1, and write it back. A lock keeps the \
             other one out; a version tells that the other one was there.",
        )
        .python("optimistic")
        .source("thread-safety/src/{optimistic,conflicts}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    let modelled =
        |variant: Variant, run: fn(ModelPoint) -> model::Added, right: &[model::Added]| {
            variant.explored_for("2 threads", "n, retries", "lose one", right, move || {
                run(ModelPoint::stepped())
            })
        };
    [
        modelled(
            Variant::breaks("unchecked", || {
                let line = "both read version 0 and wrote: 1 is left of 2";
                expect(real::unchecked(SyncPoint::until_all(2)), (1, 0), line)
            })
            .story("Writes without checking the version, and so overwrites the other's change."),
            model::unchecked,
            &[(2, 0)],
        ),
        modelled(
            Variant::holds("version", || {
                let line = "one had to begin again: 2 of 2, retries: 1";
                expect(real::version(SyncPoint::until_all(2)), (2, 1), line)
            })
            .story("Optimistic: writes if the version is unchanged (CAS); else begins again."),
            model::version,
            &[(2, 0), (2, 1)],
        ),
        modelled(
            Variant::holds("lock", || {
                let line = "one waited: 2 of 2, none computed in vain";
                expect(real::lock(SyncPoint::for_a_moment()), (2, 0), line)
            })
            .story("Pessimistic: holds a lock from the read to the write: nobody conflicts."),
            model::lock,
            &[(2, 0)],
        ),
        Variant::holds("crossover", crossover)
            .story("8 threads: if they seldom meet, the version is faster; if often, slower."),
    ]
}

const THREADS: u32 = 8;

/// How many transactions each thread makes.
const EACH: u32 = 20;

/// Measures tables of fewer and fewer rows.
fn crossover() -> Checked {
    let mut report = Report::measured("µs a transaction, 8 threads; fewer rows, more conflicts");
    for rows in [64, 8, 2, 1] {
        // The version, one lock for the whole table, a lock for each row.
        let approaches: [Locked; 3] = [|_| None, |_| Some(0), Some];
        let runs = approaches.map(|locked| run(locked, rows, THREADS, EACH));
        if let Some((.., sum)) = runs.iter().find(|(.., sum)| *sum != THREADS * EACH) {
            return Err(format!("{sum} of {} were added up", THREADS * EACH));
        }
        let [version, table, row] = runs.map(|(took, ..)| took.as_micros());
        let retries = f64::from(runs[0].1) / f64::from(THREADS * EACH);
        let costs = format!(
            "version {version:>4}, retries {retries:.1}; lock {table:>4}; row locks {row:>4}"
        );
        let label = if rows == 1 { " 1 row" } else { &format!("{rows:>2} rows") };
        report = report.fact(label, costs);
    }
    Ok(report)
}
