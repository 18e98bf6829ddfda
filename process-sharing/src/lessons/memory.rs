//! The lessons on shared memory.

use std::io;
use std::path::Path;

use kit::child::program;
use process_sharing::model::{adding, modelled};
use process_sharing::owner_died::{ALL, AMOUNT, Outcome};
use process_sharing::process_lock::{CHILDREN, FORKED, How};
use process_sharing::value::Kept;
use process_sharing::{array, killed_often, messages, owner_died, process_lock, value};
use stage::{Checked, Lesson, Report, Variant, duration, expect, grouped};

/// Hands this program to a lesson, which starts it as its child.
fn by<T>(run: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, String> {
    program().and_then(|program| run(&program)).map_err(|error| error.to_string())
}

fn count(number: u64) -> String {
    grouped(number.cast_signed())
}

pub(crate) fn value() -> Lesson {
    Lesson::new("value", "an integer, a byte and a character in shared memory, changed by a child")
        .story(
            "The child inherits the memory's descriptor. What it writes there its parent reads, \
             unless it has the memory as a copy of its own.",
        )
        .source("process-sharing/src/value.rs")
        .variants(value_variants)
}

fn value_variants() -> Vec<Variant> {
    let shown = |values: value::Values| {
        let char = |number| char::from_u32(number).unwrap_or('\u{fffd}');
        format!("{}, {}, {}", values.integer, char(values.byte.into()), char(values.wide))
    };
    let changed = move |values: value::Values, line: &str| {
        let shown = format!("{} became {}", shown(value::OLD), shown(values));
        Ok(expect(values, value::NEW, line)?.fact("parent reads", shown))
    };
    Vec::from([
            Variant::holds("private", move || {
                let values = by(|program| value::atomics(program, Kept::Private))?;
                let line = "the parent's are as they were: the child wrote to a copy of the page";
                Ok(expect(values, value::OLD, line)?.fact("parent reads", shown(values)))
            })
.story("The child maps the memory privately: its first write to a page makes a copy, which nobody \
        else sees."),
            Variant::holds("atomics", move || {
                changed(
                    by(|program| value::atomics(program, Kept::Shared))?,
                    "each is seen as the child left it",
                )
            })
.story("Each of the three is an atomic in shared memory: the parent sees every change, each one \
        on its own."),
            Variant::holds("locked", move || {
                changed(by(value::locked)?, "all are seen as the child left them, together")
            })
.story("A robust mutex guards all three: the parent sees them as one critical section has left \
        them."),
        ],
    )
}

pub(crate) fn array() -> Lesson {
    Lesson::new("array", "four integers in shared memory, changed by a child")
        .story(
            "They are 1, 2, 3, 4. To see that a change arrives, something else has to be written.",
        )
        .source("process-sharing/src/array.rs")
        .variants(array_variants)
}

fn array_variants() -> Vec<Variant> {
    use array::{NEW, OLD, run};
    let both = |written| {
        Ok((
            by(|program| run(program, Kept::Shared, written))?,
            by(|program| run(program, Kept::Private, written))?,
        ))
    };
    Vec::from([
            Variant::breaks("old-values", move || {
                let both: Result<_, String> = both(OLD);
                let line = "shared or not, the parent reads the same: it shows nothing";
                Ok(expect(both?, (OLD, OLD), line)?.fact("written", format!("{OLD:?} over {OLD:?}")))
            })
.story("The child writes the values that are there already: the parent cannot tell shared from \
        copied."),
            Variant::holds("new-values", move || {
                let both: Result<_, String> = both(NEW);
                let shown = expect(both?, (NEW, OLD), "what is shared has changed, a copy has not")?;
                Ok(shown.fact("shared", format!("{NEW:?}")).fact("private", format!("{OLD:?}")))
            })
.story("The child writes other values: the parent reads them in shared memory, but not in a \
        private copy."),
        ],
    )
}

pub(crate) fn process_lock() -> Lesson {
    Lesson::new("process-lock", "a thousand processes add 1, with a lock and without")
        .story(
            "Ten children fork a hundred processes each. The first two to read the number wait \
             for each other before they write it, where they can.",
        )
        .source("process-sharing/src/adding/")
        .variants(process_lock_variants)
}

fn process_lock_variants() -> Vec<Variant> {
    const ALL: u64 = (CHILDREN * FORKED) as u64;
    let sum = |how| by(|program| process_lock::run(program, how));
    let all = move |how, line: &'static str| {
        move || expect(sum(how)?, ALL, format!("{} of {}: {line}", count(ALL), count(ALL)))
    };
    let modelled = |form: Variant, add: fn(&adding::Tally)| {
        form.explored("2 processes", "lose an update", move || {
            let sum = modelled::two_add(add);
            assert!(sum == 2, "both have added 1, and the number is {sum}");
        })
    };
    Vec::from([
            modelled(
                Variant::breaks("unlocked", move || {
                    let sum = sum(How::Unlocked)?;
                    if sum < ALL {
                        Ok(Report::new(format!("{} of {}: some are lost", count(sum), count(ALL))))
                    } else {
                        Err("nothing was lost".into())
                    }
                })
.story("Each process reads, adds and writes in separate steps: of two that read the same, one \
        update is lost."),
                adding::unlocked::add,
            ),
            modelled(Variant::holds("locked", all(How::Locked, "one at a time"))
.story("Each process holds a robust lock from its read to its write: nobody reads in between."), adding::locked::add),
            Variant::holds("pthread", all(How::Pthread, "with the lock of C libraries"))
.story("Each process holds a robust pthread mutex, shared by processes, from its read to its \
        write."),
            modelled(
                Variant::holds("fetch-added", all(How::FetchAdded, "one number needs no lock, but one step"))
.story("Each process adds by one atomic read-modify-write: nothing comes between the read and the \
        write."),
                adding::fetch_added::add,
            ),
        ],
    )
}

pub(crate) fn owner_died() -> Lesson {
    Lesson::new("owner-died", "a process is killed while it holds the lock")
        .story(
            "It has taken 10 from one account, and not yet put them on the other. The next \
             owner waits, is told, or is not.",
        )
        .source("process-sharing/src/owner_died.rs")
        .variants(owner_died_variants)
}

fn owner_died_variants() -> Vec<Variant> {
    const WHOLE: Option<[i64; 2]> = Some([ALL - AMOUNT, AMOUNT]);
    let seen = |outcome: Outcome, wanted: (bool, Option<[i64; 2]>), line: &str| -> Checked {
        let accounts = outcome.accounts.map_or(String::new(), |[a, b]| format!(": {a} + {b}"));
        expect((outcome.told, outcome.accounts), wanted, format!("{line}{accounts}"))
    };
    Vec::from([
            Variant::breaks("not-robust", move || {
                let outcome = by(|program| owner_died::pthread(program, false))?;
                let ms = owner_died::PATIENCE.as_millis();
                seen(outcome, (false, None), &format!("the dead have it for ever: given up after {ms} ms"))
            })
.story("The lock is a plain pthread mutex: its owner is killed, and nobody can ever acquire it \
        again."),
            Variant::breaks("unheeded", move || {
                let outcome = by(|program| owner_died::robust(program, false))?;
                seen(outcome, (true, Some([ALL - AMOUNT, 0])), "told, and gone on; money is lost")
            })
.story("The next owner is told of the death, and goes on without a repair: half of the transfer \
        is missing."),
            Variant::holds("robust", move || {
                let outcome = by(|program| owner_died::robust(program, true))?;
                expect(outcome.of, Some(outcome.killed), "")?;
                seen(outcome, (true, WHOLE), &format!("told that {} died, repaired, gone on", outcome.killed))
            })
.story("The lock's word names its owner: a waiter finds it dead, acquires the lock, is told, and \
        repairs the data.")
            .explored("2 processes", "lose an update", modelled::one_dies),
            Variant::holds("pthread", move || {
                let outcome = by(|program| owner_died::pthread(program, true))?;
                seen(outcome, (true, WHOLE), "the same, by the lock of C libraries")
            })
.story("The kernel marks a robust pthread mutex when its owner dies: the next owner is told by \
        EOWNERDEAD."),
            Variant::holds("again-and-again", || {
                let out = by(|program| killed_often::run(program, 20))?;
                let [begun, done] = out.sums;
                let line = "20 killed at any moment: nobody stuck, nothing half done";
                let shown = expect((begun == done, done >= out.least), (true, true), line)?;
                let additions = format!("{}, of which {} had to be there", count(done), count(out.least));
                let inside = format!("{} of {}", count(out.told), out.killed);
                Ok(shown.fact("additions", additions).fact("died inside", inside))
            })
.story("Twenty processes are killed at any moment while others add: the next owner finishes what \
        was begun."),
        ],
    )
}

pub(crate) fn ring() -> Lesson {
    Lesson::new("ring", "a ring in shared memory: messages without a copy, and without the kernel")
        .story(
            "A child is killed in the middle of its third message. Through a pipe, half a \
             message arrives; through the ring, whole ones.",
        )
        .source("process-sharing/src/ring.rs")
        .variants(ring_variants)
}

fn ring_variants() -> Vec<Variant> {
    use messages::{LONG, there_and_back, through_a_pipe, through_a_ring};
    const MESSAGES: u32 = 20_000;
    Vec::from([
            Variant::breaks("pipe", || {
                let arrived = by(through_a_pipe)?;
                let some = (1..LONG).contains(&arrived.of_another);
                let shown = expect(
                    (arrived.whole, some),
                    (2, true),
                    "the third message arrives in part, and nobody says so",
                )?;
                let (part, all) = (count(arrived.of_another as u64), count(LONG as u64));
                Ok(shown.fact("third", format!("{part} of {all} bytes")))
            })
.story("The child is killed while it writes to a pipe: what it has written of the message \
        arrives."),
            Variant::holds("ring", || {
                let arrived = by(through_a_ring)?;
                let line = "two messages arrive whole, then the reader is told of the death";
                expect((arrived.whole, arrived.of_another, arrived.told), (2, 0, true), line)
            })
.story("The child publishes a message by one store when it is whole: killed before that, it has \
        sent nothing.")
            .explored("2 messages, room for 1", "lose a message", || {
                let arrived = modelled::hand_over();
                assert!(arrived == [1, 2], "1 and 2 were sent, and {arrived:?} arrived");
            }),
            Variant::holds("there-and-back", || {
                let out = by(|program| there_and_back(program, MESSAGES))?;
                let shown =
                    expect(out.right, MESSAGES, format!("{} messages came back", count(MESSAGES.into())))?;
                let shown =
                    shown.fact("time", format!("{}, the median", duration(out.time.as_nanos() as u64)));
                let of = format!("{} times of {}", count(out.sleeps), count(MESSAGES.into()));
                Ok(shown.fact("slept", of))
            })
.story("A message goes to and fro through two rings: an end that waits spins first, then blocks \
        on a futex."),
        ],
    )
}
