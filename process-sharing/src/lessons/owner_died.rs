use process_sharing::model::models;
use process_sharing::owner_died::{
    AMOUNT, OwnerDied, PATIENCE, SUM, again_and_again, pthread, robust,
};
use stage::{Checked, Lesson, Variant, expect, grouped};

use super::{breaks, holds};

const WHOLE: Option<[i64; 2]> = Some([SUM - AMOUNT, AMOUNT]);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("owner-died", "a process is killed while it holds the lock")
        .story(
            "It has taken 10 from one account, and not yet put them on the other. The next owner \
             waits, is told, or is not.",
        )
        .source("process-sharing/src/{owner_died,shared_memory/robust_mutex}.rs")
        .python("killed_holder")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        breaks(
            "not-robust",
            |program| pthread(program, false),
            |outcome| {
                let ms = PATIENCE.as_millis();
                let line = format!("the dead owner holds it: given up after {ms} ms");
                found(&outcome, false, None, &line)
            },
        )
        .story("The owner of a plain pthread mutex is killed: no process can acquire it again."),
        breaks(
            "unheeded",
            |program| robust(program, false),
            |outcome| {
                let half = Some([SUM - AMOUNT, 0]);
                found(&outcome, true, half, "told, and gone on; money is lost")
            },
        )
        .story("The next owner is told, and repairs nothing: half a transfer is missing."),
        holds(
            "robust",
            |program| robust(program, true),
            |outcome| {
                expect(
                    outcome.named,
                    Some(outcome.killed),
                    "the lock names the process that was killed",
                )?;
                let line = format!("told that {} died, repaired, gone on", outcome.killed);
                found(&outcome, true, WHOLE, &line)
            },
        )
        .explored_for(
            "2 processes",
            "both sums",
            "lose an update",
            [[0, 0], [1, 1]],
            models::one_dies,
        )
        .story("The lock names its owner: a waiter finds it dead, acquires the lock, and repairs."),
        holds(
            "pthread",
            |program| pthread(program, true),
            |outcome| found(&outcome, true, WHOLE, "the same, by libc's lock"),
        )
        .story("The kernel marks a robust pthread mutex: the next owner is told by EOWNERDEAD."),
        holds(
            "again-and-again",
            |program| again_and_again(program, 20),
            |out| {
                let [begun, done] = out.sums;
                let line = "20 killed at any moment: none stuck, nothing half done";
                let report = expect((begun == done, done >= out.least), (true, true), line)?;
                let sums = format!("{}, at least {}", grouped(done), grouped(out.least));
                let inside = format!("{} of {}", grouped(out.deaths), out.killed);
                Ok(report.fact("additions", sums).fact("died inside", inside))
            },
        )
        .story("Twenty processes are killed: the next owner finishes what was begun."),
    ]
}

fn found(outcome: &OwnerDied, told: bool, accounts: Option<[i64; 2]>, line: &str) -> Checked {
    let sums = outcome.accounts.map_or(String::new(), |[a, b]| format!(": {a} + {b}"));
    expect((outcome.told, outcome.accounts), (told, accounts), format!("{line}{sums}"))
}
