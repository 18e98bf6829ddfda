//! The lessons on several threads, on their ends, and on waking them.

use std::any::Any;
use std::time::Duration;

use stage::{Form, Lesson, Report, expect};
use threads_basics::jobs::{self, Gathered};
use threads_basics::real::{join, park, worker};
use threads_basics::{Meeting, model, parker};

use super::PACE;

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

pub(crate) fn worker() -> Lesson {
    use worker::panics::{TooLarge, heard, heard_as_it_was_thrown, unheard};
    use worker::{Tally, flag, flag_unseen, hung_up};
    let panicked = |payload: Box<dyn Any + Send>| {
        format!("the worker panicked: {}", worker::message(&*payload).unwrap_or("without a text"))
    };
    Lesson::new(
        "threads-basics/src/worker/",
        [
            Form::deadlocks("flag-unseen", || flag_unseen::Worker::start(&Meeting::of(2)).stop()).explored(
                "owner and worker",
                "deadlock",
                || _ = model::worker::flag_unseen::Worker::start(&Meeting::none()).stop(),
            ),
            Form::holds("flag", move || {
                let tally = flag::Worker::start(&Meeting::of(2)).stop().map_err(panicked)?;
                let Tally { numbers, sum } = tally;
                if numbers < 3 || sum != (1..=u64::from(numbers)).sum::<u64>() {
                    return Err(format!("it gave back {tally:?}"));
                }
                Ok(Report::new("told to stop, it ends its step and gives its state back"))
            }),
            Form::holds("hung-up", move || {
                let worker = hung_up::Worker::start();
                (1..=3).for_each(|number| worker.send(number));
                let tally = worker.stop().map_err(panicked)?;
                expect(
                    tally,
                    Tally { numbers: 3, sum: 6 },
                    "no more can come: it ends when it has added up 1, 2, 3",
                )
            })
            .explored("owner and worker", "lose a number", || {
                let worker = model::worker::hung_up::Worker::start();
                (1..=2).for_each(|number| worker.send(number));
                let tally = worker.stop().expect("it does not panic");
                assert_eq!((tally.numbers, tally.sum), (2, 3), "a number is lost");
            }),
            Form::holds("panics", || {
                expect(heard_as_it_was_thrown(), TooLarge(3), "")?;
                let said = heard();
                expect(said.as_str(), "3 is too large", format!("join returns it as an error: “{said}”"))
            }),
            Form::breaks("unheard", || {
                expect(unheard(), 2, "its handle was dropped: 2 of 5 steps done, and nobody is told")
            }),
        ],
    )
}

pub(crate) fn park() -> Lesson {
    use park::{checked_again, checked_once, tokens, unparked_first};
    use parker::{Woken, own_token};
    let modelled = |form: Form, run: fn(&Meeting, Duration) -> [u32; 2]| {
        form.explored("2 letters", "take a wrong one", move || {
            let taken = run(&Meeting::none(), Duration::ZERO);
            assert!(taken[1] == 20, "the second letter is not the second letter");
        })
    };
    let meeting = || Meeting::of(2);
    Lesson::new(
        "threads-basics/src/park/",
        [
            modelled(
                Form::breaks("checked-once", move || {
                    let line = "woken by a token left over, it takes the first letter again";
                    expect(checked_once::run(&meeting(), PACE), [10, 10], line)
                }),
                model::park::checked_once::run,
            ),
            modelled(
                Form::holds("checked-again", move || {
                    let line = "woken for nothing, it looks, and lies down again";
                    expect(checked_again::run(&meeting(), PACE), [10, 20], line)
                }),
                model::park::checked_again::run,
            ),
            Form::deadlocks("unparked-first", move || unparked_first::run(&meeting())).explored(
                "1 letter",
                "deadlock",
                || _ = model::park::unparked_first::run(&Meeting::none()),
            ),
            Form::holds("kept", move || {
                tokens::kept(&meeting());
                Ok(Report::new("unparked before it parks, it does not sleep"))
            })
            .explored("1 token", "deadlock", || model::park::tokens::kept(&Meeting::none())),
            Form::deadlocks("not-counted", move || tokens::not_counted(&meeting())).explored(
                "2 tokens",
                "deadlock",
                || model::park::tokens::not_counted(&Meeting::none()),
            ),
            Form::holds("parker", || {
                let wanted = Woken { by_the_stray_token: false, letter: 20 };
                expect(own_token(PACE), wanted, "crossbeam's Parker: a stray unpark does not wake it")
            }),
        ],
    )
}
