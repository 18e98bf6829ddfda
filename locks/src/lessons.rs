//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to come out.

use std::time::Duration;

use locks::{model, real};
use stage::{Form, Lesson, Report, Shown};

mod behaviour;
mod mutexes;
mod shared;

pub(crate) use behaviour::{
    Fairness, Nested, Peterson, PriorityInversion, convoy, fairness, mutex, nested, peterson,
    priority_inversion,
};
pub(crate) use mutexes::{Futex, Line, Reentrant, futex, mcs, reentrant, ticket};
pub(crate) use shared::{
    Barrier, Condvar, Rwlock, barrier, condvar, event, latch, rwlock, semaphore, sharded_rwlock,
};

/// What `spin` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Spin {
    /// How often each of the two threads adds 1 at full speed, 1 to 10000000
    #[arg(long, value_name = "N", default_value_t = 100_000, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) increments: u32,
}

pub(crate) fn spin(options: &Spin) -> Lesson {
    use real::spin::{Done, Meeting, one_step, two_steps};
    const TURNS: u32 = 3;
    let increments = options.increments;
    let pace = Duration::from_millis(1);
    let modelled = |form: Form, run: fn(&model::spin::Meeting, Duration) -> model::spin::Done| {
        form.explored("2 threads", "let both in", move || {
            let done = run(&model::spin::Meeting::none(), Duration::ZERO);
            assert!(done.most_inside == 1, "both are inside at once");
            assert!(done.value == done.entered, "an increment is lost");
        })
    };
    let two_steps = Form::breaks("two-steps", move || {
        let wanted = Done { entered: 2, most_inside: 2, value: 1 };
        let line = "both find it free, both take it: an increment is lost";
        expect(two_steps::tried(&Meeting::of_two(), 3 * pace), wanted, line)
    });
    let one_step = Form::holds("one-step", move || {
        let tried = one_step::tried(&Meeting::of_two(), pace);
        expect((tried.most_inside, tried.value), (1, tried.entered), "")?;
        let waited = one_step::waited(TURNS, pace);
        expect(waited, Done { entered: 2 * TURNS, most_inside: 1, value: 2 * TURNS }, "")?;
        let line = format!("2 × {increments} increments of a plain value make {}", 2 * increments);
        expect(one_step::count(increments), 2 * increments, line)
    })
    // Far more than it takes, even where one core is all there is.
    .within(Duration::from_secs(30) + Duration::from_micros(20) * increments);
    Lesson::new(
        "locks/src/primitives/spin.rs",
        [
            modelled(two_steps, model::spin::two_steps::tried),
            modelled(one_step, model::spin::one_step::tried),
        ],
    )
}

/// Reports, if what came out is what has to come out.
fn expect<T: PartialEq + std::fmt::Debug>(out: T, wanted: T, line: impl Into<String>) -> Shown {
    if out == wanted { Ok(Report::new(line)) } else { Err(format!("{out:?} came out, not {wanted:?}")) }
}
