//! The lessons on several threads, on their ends, and on waking them.

use std::any::Any;
use std::time::Duration;

use stage::{Lesson, Report, Variant, expect};
use threads_basics::jobs::{self, Gathered};
use threads_basics::real::{join, park, worker};
use threads_basics::{Meeting, model, parker};

use super::PACE;

pub(crate) fn jobs() -> Lesson {
    Lesson::new("jobs", "three jobs of different kinds, on three threads")
        .story(
            "One adds up, one multiplies, one prints. Started and joined one by one, they never \
             run at once.",
        )
        .source("threads-basics/src/jobs.rs")
        .variants(jobs_variants)
}

fn jobs_variants() -> Vec<Variant> {
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
    Vec::from([
        Variant::breaks("joined-at-once", move || {
            form(jobs::joined_at_once(PACE), forth, 1, "one after the other, on three threads")
        })
        .story("Joins each thread before it starts the next one, so one job runs at a time."),
        Variant::holds("started-first", move || {
            let line = "1 + … + 100000 = 5000050000, 5! = 120, a line printed";
            form(jobs::started_first(PACE), forth, 3, line)
        })
        .story(
            "Starts all three threads before it joins the first one, so they run at the same time.",
        ),
        Variant::holds("as-they-end", move || {
            let line = "the same, and the last started is the first one done";
            form(jobs::as_they_end(PACE), back, 3, line)
        })
        .story("Takes the results from one channel, in the order in which the jobs end."),
    ])
}

pub(crate) fn join() -> Lesson {
    Lesson::new("join", "a counter that two threads add to, read before they are joined and after")
        .story("The threads are held back half way until the starter has read it.")
        .source("threads-basics/src/join.rs")
        .variants(join_variants)
}

fn join_variants() -> Vec<Variant> {
    use join::{Count, dropped, joined, read_at_once};
    const STEPS: u32 = 500_000;
    type Model = fn(u32, &Meeting, Duration) -> model::join::Count;
    let meeting = || Meeting::of(3);
    let modelled = |form: Variant, run: Model| {
        form.explored("2 threads, 1 step each", "read less", move || {
            let count = run(1, &Meeting::none(), Duration::ZERO);
            assert!(count.read == count.full, "the counter is not full yet");
        })
    };
    let read = |count: Count, wanted: u32, line: &str| {
        let line = format!("{} of {}: {line}", count.read, count.full);
        expect(count, Count { read: wanted, full: 2 * STEPS }, line)
    };
    Vec::from([
        modelled(
            Variant::breaks("read-at-once", move || {
                read(read_at_once(STEPS, &meeting(), PACE), STEPS, "read before both were joined")
            })
            .story("Reads the counter before it joins the threads, when half of it is counted."),
            model::join::read_at_once,
        ),
        modelled(
            Variant::breaks("dropped", move || {
                read(dropped(STEPS, &meeting(), PACE), STEPS, "a dropped handle waits for nothing")
            })
            .story("Drops the handles, which waits for nothing: the threads run on, detached."),
            model::join::dropped,
        ),
        modelled(
            Variant::holds("joined", move || {
                read(joined(STEPS, &meeting(), PACE), 2 * STEPS, "read after both were joined")
            })
            .story("Joins both threads first: what they have written happens before the read."),
            model::join::joined,
        ),
    ])
}

pub(crate) fn worker() -> Lesson {
    Lesson::new("worker", "a thread as an object, and how it is ended")
        .story(
            "A struct is moved into its thread, which runs it and gives it back. Who sleeps \
             sees no flag.",
        )
        .source("threads-basics/src/worker/")
        .variants(worker_variants)
}

fn worker_variants() -> Vec<Variant> {
    use worker::panics::{TooLarge, heard, heard_as_it_was_thrown, unheard};
    use worker::{Tally, flag, flag_unseen, hung_up};
    let panicked = |payload: Box<dyn Any + Send>| {
        format!("the worker panicked: {}", worker::message(&*payload).unwrap_or("without a text"))
    };
    Vec::from([
            Variant::deadlocks("flag-unseen", || flag_unseen::Worker::start(&Meeting::of(2)).stop())
.story("The worker blocks in recv and does not look at its flag, while its owner waits for its \
        end.").explored(
                "owner and worker",
                "deadlock",
                || _ = model::worker::flag_unseen::Worker::start(&Meeting::none()).stop(),
            ),
            Variant::holds("flag", move || {
                let tally = flag::Worker::start(&Meeting::of(2)).stop().map_err(panicked)?;
                let Tally { numbers, sum } = tally;
                if numbers < 3 || sum != (1..=u64::from(numbers)).sum::<u64>() {
                    return Err(format!("it gave back {tally:?}"));
                }
                Ok(Report::new("told to stop, it ends its step and gives its state back"))
            })
.story("The worker looks at the flag between two short steps, so it ends with the step that it is \
        in."),
            Variant::holds("hung-up", move || {
                let worker = hung_up::Worker::start();
                (1..=3).for_each(|number| worker.send(number));
                let tally = worker.stop().map_err(panicked)?;
                expect(
                    tally,
                    Tally { numbers: 3, sum: 6 },
                    "no more can come: it ends when it has added up 1, 2, 3",
                )
            })
.story("The owner drops the sender, and recv fails when all that was sent has been added up.")
            .explored("owner and worker", "lose a number", || {
                let worker = model::worker::hung_up::Worker::start();
                (1..=2).for_each(|number| worker.send(number));
                let tally = worker.stop().expect("it does not panic");
                assert_eq!((tally.numbers, tally.sum), (2, 3), "a number is lost");
            }),
            Variant::holds("panics", || {
                expect(heard_as_it_was_thrown(), TooLarge(3), "")?;
                let said = heard();
                expect(said.as_str(), "3 is too large", format!("join returns it as an error: “{said}”"))
            })
.story("The worker panics, and join returns what it said as an error."),
            Variant::breaks("unheard", || {
                expect(unheard(), 2, "its handle was dropped: 2 of 5 steps done, and nobody is told")
            })
.story("The handle is dropped, so that no join reports the worker's panic."),
        ],
    )
}

pub(crate) fn park() -> Lesson {
    Lesson::new("park", "a thread lies down, another one wakes it")
        .story(
            "The token says “look again”, not what for. Here it is left over from the first \
             letter.",
        )
        .source("threads-basics/src/park/")
        .variants(park_variants)
}

fn park_variants() -> Vec<Variant> {
    use park::{checked_again, checked_once, tokens, unparked_first};
    use parker::{Woken, own_token};
    let modelled = |form: Variant, run: fn(&Meeting, Duration) -> [u32; 2]| {
        form.explored("2 letters", "take a wrong one", move || {
            let taken = run(&Meeting::none(), Duration::ZERO);
            assert!(taken[1] == 20, "the second letter is not the second letter");
        })
    };
    let meeting = || Meeting::of(2);
    Vec::from([
            modelled(
                Variant::breaks("checked-once", move || {
                    let line = "woken by a token left over, it takes the first letter again";
                    expect(checked_once::run(&meeting(), PACE), [10, 10], line)
                })
.story("Checks the box once: a token that was left over wakes it, and it takes the first letter \
        again."),
                model::park::checked_once::run,
            ),
            modelled(
                Variant::holds("checked-again", move || {
                    let line = "woken for nothing, it looks, and lies down again";
                    expect(checked_again::run(&meeting(), PACE), [10, 20], line)
                })
.story("Checks the box in a loop: a token that was left over costs one more park, and nothing \
        else."),
                model::park::checked_again::run,
            ),
            Variant::deadlocks("unparked-first", move || unparked_first::run(&meeting()))
.story("Unparks before the letter is there: t1 looks in vain, and parks for good.").explored(
                "1 letter",
                "deadlock",
                || _ = model::park::unparked_first::run(&Meeting::none()),
            ),
            Variant::holds("kept", move || {
                tokens::kept(&meeting());
                Ok(Report::new("unparked before it parks, it does not sleep"))
            })
.story("Unparks before the park: the token is kept, and the park returns at once.")
            .explored("1 token", "deadlock", || model::park::tokens::kept(&Meeting::none())),
            Variant::deadlocks("not-counted", move || tokens::not_counted(&meeting()))
.story("Unparks twice before two parks: two tokens are one, and the second park does not return.").explored(
                "2 tokens",
                "deadlock",
                || model::park::tokens::not_counted(&Meeting::none()),
            ),
            Variant::holds("parker", || {
                let wanted = Woken { by_the_stray_token: false, letter: 20 };
                expect(own_token(PACE), wanted, "crossbeam's Parker: a stray unpark does not wake it")
            })
.story("crossbeam's Parker has a token of its own, which a stray unpark of the thread does not \
        set."),
        ],
    )
}
