//! The lessons on shared memory.

use std::io;
use std::path::Path;

use process_sharing::model::{adding, modelled};
use process_sharing::owner_died::{ALL, AMOUNT, Outcome};
use process_sharing::process_lock::{CHILDREN, FORKED, How};
use process_sharing::value::Kept;
use process_sharing::{array, killed_often, messages, owner_died, process_lock, value};
use stage::{Form, Lesson, Report, Shown, duration, expect, grouped, program};

/// Hands this program to a lesson, which starts it as its child.
fn by<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    program().and_then(|program| run(&program)).map_err(|error| error.to_string())
}

fn count(number: u64) -> String {
    grouped(number.cast_signed())
}

pub(crate) fn value() -> Lesson {
    let shown = |values: value::Values| {
        let char = |number| char::from_u32(number).unwrap_or('\u{fffd}');
        format!("{}, {}, {}", values.integer, char(values.byte.into()), char(values.wide))
    };
    let changed = move |values: value::Values, line: &str| {
        let shown = format!("{} became {}", shown(value::OLD), shown(values));
        Ok(expect(values, value::NEW, line)?.fact("parent reads", shown))
    };
    Lesson::new(
        "process-sharing/src/value.rs",
        [
            Form::breaks("private", move || {
                let values = by(|program| value::atomics(program, Kept::Private))?;
                let line = "the child changed a copy of its own pages";
                Ok(expect(values, value::OLD, line)?.fact("parent reads", shown(values)))
            }),
            Form::holds("atomics", move || {
                changed(
                    by(|program| value::atomics(program, Kept::Shared))?,
                    "each is seen as the child left it",
                )
            }),
            Form::holds("locked", move || {
                changed(by(value::locked)?, "all are seen as the child left them, together")
            }),
        ],
    )
}

pub(crate) fn array() -> Lesson {
    use array::{NEW, OLD, run};
    let both = |written| {
        Ok((
            by(|program| run(program, Kept::Shared, written))?,
            by(|program| run(program, Kept::Private, written))?,
        ))
    };
    Lesson::new(
        "process-sharing/src/array.rs",
        [
            Form::breaks("old-values", move || {
                let both: Result<_, String> = both(OLD);
                let line = "shared or not, the parent reads the same: it shows nothing";
                Ok(expect(both?, (OLD, OLD), line)?.fact("written", format!("{OLD:?} over {OLD:?}")))
            }),
            Form::holds("new-values", move || {
                let both: Result<_, String> = both(NEW);
                let shown = expect(both?, (NEW, OLD), "what is shared has changed, a copy has not")?;
                Ok(shown.fact("shared", format!("{NEW:?}")).fact("private", format!("{OLD:?}")))
            }),
        ],
    )
}

pub(crate) fn process_lock() -> Lesson {
    const ALL: u64 = (CHILDREN * FORKED) as u64;
    let sum = |how| by(|program| process_lock::run(program, how));
    let all = move |how, line: &'static str| {
        move || expect(sum(how)?, ALL, format!("{} of {}: {line}", count(ALL), count(ALL)))
    };
    let modelled = |form: Form, add: fn(&adding::Tally)| {
        form.explored("2 processes", "lose an update", move || assert_eq!(modelled::two_add(add), 2))
    };
    Lesson::new(
        "process-sharing/src/adding/",
        [
            modelled(
                Form::breaks("unlocked", move || {
                    let sum = sum(How::Unlocked)?;
                    if sum < ALL {
                        Ok(Report::new(format!("{} of {}: some are lost", count(sum), count(ALL))))
                    } else {
                        Err("nothing was lost".into())
                    }
                }),
                adding::unlocked::add,
            ),
            modelled(Form::holds("locked", all(How::Locked, "one at a time")), adding::locked::add),
            Form::holds("pthread", all(How::Pthread, "with the lock of C libraries")),
            modelled(
                Form::holds("fetch-added", all(How::FetchAdded, "one number needs no lock, but one step")),
                adding::fetch_added::add,
            ),
        ],
    )
}

pub(crate) fn owner_died() -> Lesson {
    const WHOLE: Option<[i64; 2]> = Some([ALL - AMOUNT, AMOUNT]);
    let seen = |outcome: Outcome, wanted: (bool, Option<[i64; 2]>), line: &str| -> Shown {
        let accounts = outcome.accounts.map_or(String::new(), |[a, b]| format!(": {a} + {b}"));
        expect((outcome.told, outcome.accounts), wanted, format!("{line}{accounts}"))
    };
    Lesson::new(
        "process-sharing/src/owner_died.rs",
        [
            Form::breaks("not-robust", move || {
                let outcome = by(|program| owner_died::pthread(program, false))?;
                let ms = owner_died::PATIENCE.as_millis();
                seen(outcome, (false, None), &format!("the dead have it for ever: given up after {ms} ms"))
            }),
            Form::breaks("unheeded", move || {
                let outcome = by(|program| owner_died::robust(program, false))?;
                seen(outcome, (true, Some([ALL - AMOUNT, 0])), "told, and gone on; money is lost")
            }),
            Form::holds("robust", move || {
                let outcome = by(|program| owner_died::robust(program, true))?;
                expect(outcome.of, Some(outcome.killed), "")?;
                seen(outcome, (true, WHOLE), &format!("told that {} died, repaired, gone on", outcome.killed))
            })
            .explored("2 processes", "lose an update", modelled::one_dies),
            Form::holds("pthread", move || {
                let outcome = by(|program| owner_died::pthread(program, true))?;
                seen(outcome, (true, WHOLE), "the same, by the lock of C libraries")
            }),
            Form::holds("again-and-again", || {
                let out = by(|program| killed_often::run(program, 20))?;
                let [begun, done] = out.sums;
                let line = "20 killed at any moment: nobody stuck, nothing half done";
                let shown = expect((begun == done, done >= out.least), (true, true), line)?;
                let additions = format!("{}, of which {} had to be there", count(done), count(out.least));
                let inside = format!("{} of {}", count(out.told), out.killed);
                Ok(shown.fact("additions", additions).fact("died inside", inside))
            }),
        ],
    )
}

pub(crate) fn ring() -> Lesson {
    use messages::{LONG, there_and_back, through_a_pipe, through_a_ring};
    const MESSAGES: u32 = 20_000;
    Lesson::new(
        "process-sharing/src/ring.rs",
        [
            Form::breaks("pipe", || {
                let arrived = by(through_a_pipe)?;
                let some = (1..LONG).contains(&arrived.of_another);
                let shown = expect(
                    (arrived.whole, some),
                    (2, true),
                    "the third message arrives in part, and nobody says so",
                )?;
                let (part, all) = (count(arrived.of_another as u64), count(LONG as u64));
                Ok(shown.fact("third", format!("{part} of {all} bytes")))
            }),
            Form::holds("ring", || {
                let arrived = by(through_a_ring)?;
                let line = "two messages arrive whole, then the reader is told of the death";
                expect((arrived.whole, arrived.of_another, arrived.told), (2, 0, true), line)
            })
            .explored("2 messages, room for 1", "lose a message", || {
                assert_eq!(modelled::hand_over(), [1, 2]);
            }),
            Form::holds("there-and-back", || {
                let out = by(|program| there_and_back(program, MESSAGES))?;
                let shown =
                    expect(out.right, MESSAGES, format!("{} messages came back", count(MESSAGES.into())))?;
                let shown =
                    shown.fact("time", format!("{}, the median", duration(out.time.as_nanos() as u64)));
                let of = format!("{} times of {}", count(out.sleeps), count(MESSAGES.into()));
                Ok(shown.fact("slept", of))
            }),
        ],
    )
}
