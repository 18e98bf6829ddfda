//! The lessons on several threads, on their ends, and on waking them.

use std::time::Duration;

use stage::{Form, Lesson, Report};
use threads_basics::jobs::{self, Gathered};
use threads_basics::real::join;
use threads_basics::{Meeting, model};

use super::{PACE, expect};

pub(crate) fn jobs() -> Lesson {
    let form = |out: Gathered, order: [&str; 3], most_at_once: usize, line: &str| {
        let wanted = Gathered {
            sum: 5_000_050_000,
            factorial: Some(120),
            printed: b"a line\n".to_vec(),
            order: out.order.clone(),
            most_at_once,
        };
        expect(out.order.as_slice(), order.as_slice(), "")?;
        expect(&out, &wanted, "")?;
        Ok(Report::new(line)
            .fact("at once", format!("{most_at_once} of 3"))
            .fact("results", format!("in the order {}", out.order.join(", "))))
    };
    let (forth, back) = (["add-up", "factorial", "print"], ["print", "factorial", "add-up"]);
    Lesson::new(
        "threads-basics/src/jobs.rs",
        [
            Form::breaks("joined-at-once", move || {
                form(jobs::joined_at_once(PACE), forth, 1, "one after the other, on three threads")
            }),
            Form::holds("started-first", move || {
                let line = "1 + … + 100000 = 5000050000, 5! = 120, a line printed";
                form(jobs::started_first(PACE), forth, 3, line)
            }),
            Form::holds("as-they-end", move || {
                let line = "the same, and the last started is the first one done";
                form(jobs::as_they_end(PACE), back, 3, line)
            }),
        ],
    )
}

pub(crate) fn join() -> Lesson {
    use join::{Count, dropped, joined, read_at_once};
    const STEPS: u32 = 500_000;
    type Model = fn(u32, &Meeting, Duration) -> model::join::Count;
    let meeting = || Meeting::of(3);
    let modelled = |form: Form, run: Model| {
        form.explored("2 threads, 1 step each", "read less", move || {
            let count = run(1, &Meeting::none(), Duration::ZERO);
            assert!(count.read == count.full, "the counter is not full yet");
        })
    };
    let read = |count: Count, wanted: u32, line: &str| {
        let line = format!("{} of {}: {line}", count.read, count.full);
        expect(count, Count { read: wanted, full: 2 * STEPS }, line)
    };
    Lesson::new(
        "threads-basics/src/join.rs",
        [
            modelled(
                Form::breaks("read-at-once", move || {
                    read(read_at_once(STEPS, &meeting(), PACE), STEPS, "read before both were joined")
                }),
                model::join::read_at_once,
            ),
            modelled(
                Form::breaks("dropped", move || {
                    read(dropped(STEPS, &meeting(), PACE), STEPS, "a dropped handle waits for nothing")
                }),
                model::join::dropped,
            ),
            modelled(
                Form::holds("joined", move || {
                    read(joined(STEPS, &meeting(), PACE), 2 * STEPS, "read after both were joined")
                }),
                model::join::joined,
            ),
        ],
    )
}
