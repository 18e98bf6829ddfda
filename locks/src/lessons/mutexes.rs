//! The lessons on what is inside a mutual exclusion.

use std::time::Duration;

use locks::{model, real};
use stage::{Form, Lesson};

use super::expect;

const PACE: Duration = Duration::from_millis(1);

/// What `ticket` and `mcs` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Line {
    /// How many threads join the line, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 5, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) waiters: u32,
}

impl Line {
    /// Describes a form in which they join one by one, and have to get in in that order.
    fn in_order(&self, name: &'static str, run: fn(u32, Duration) -> Vec<u32>) -> Form {
        let waiters = self.waiters;
        Form::holds(name, move || {
            let line = format!("{waiters} came one by one, and got in as they came");
            expect(run(waiters, PACE), (1..=waiters).collect(), line)
        })
    }
}

/// Says what two threads reached that each want to add 1, for the model checker.
fn alone(done: model::spin::Done) {
    assert!(done.most_inside <= 1, "both are inside at once");
    assert!(done.value == done.entered, "an increment is lost");
}

fn both_in(forms: Form, run: impl Fn() -> model::spin::Done + Send + Sync + 'static) -> Form {
    forms.explored("2 threads", "let both in", move || alone(run()))
}

pub(crate) fn ticket(options: &Line) -> Lesson {
    use model::spin::Meeting as None;
    use real::spin::{Done, Meeting};
    use real::ticket::{one_step, two_steps};
    let wanted = Done { entered: 2, most_inside: 2, value: 1 };
    let two_steps = Form::breaks("two-steps", move || {
        let line = "both draw number 0, and both are served: an increment is lost";
        expect(two_steps::tried(&Meeting::of_two(), 3 * PACE), wanted, line)
    });
    Lesson::new(
        "locks/src/primitives/ticket.rs",
        [
            both_in(two_steps, || model::ticket::two_steps::tried(&None::none(), Duration::ZERO)),
            both_in(options.in_order("one-step", one_step::in_order), || {
                model::ticket::one_step::tried(&None::none(), Duration::ZERO)
            }),
        ],
    )
}

pub(crate) fn mcs(options: &Line) -> Lesson {
    use real::mcs::{in_order, linked, unlinked};
    use real::spin::Meeting;
    let modelled = |form: Form, run: fn(&model::spin::Meeting, Duration) -> u32| {
        form.explored("2 threads", "deadlock", move || {
            assert_eq!(run(&model::spin::Meeting::none(), Duration::ZERO), 2);
        })
    };
    let linked = Form::holds("linked", || {
        expect(
            linked::run(&Meeting::of_two(), 10 * PACE),
            2,
            "who gives the lock back waits for the link: both got in",
        )
    });
    Lesson::new(
        "locks/src/primitives/mcs.rs",
        [
            modelled(
                Form::deadlocks("unlinked", || unlinked::run(&Meeting::of_two(), 10 * PACE)),
                model::mcs::unlinked::run,
            ),
            modelled(linked, model::mcs::linked::run),
            options.in_order("in-line", in_order),
        ],
    )
}

/// What `futex` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Futex {
    /// How often each of the two threads adds 1 at full speed, 1 to 10000000
    #[arg(long, value_name = "N", default_value_t = 100_000, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) increments: u32,
}

pub(crate) fn futex(options: &Futex) -> Lesson {
    use real::futex::three_states::{Waited, count, slept};
    use real::futex::{now, seen};
    use real::spin::Meeting;
    let increments = options.increments;
    let modelled = |form: Form, run: fn(&model::spin::Meeting, Duration) -> u32| {
        form.explored("2 threads", "deadlock", move || {
            assert_eq!(run(&model::spin::Meeting::none(), Duration::ZERO), 2);
        })
    };
    let seen = Form::holds("seen", || {
        expect(seen::run(&Meeting::of_two(), 10 * PACE), 2, "it was free by then: nobody went to sleep")
    });
    let three_states = Form::holds("three-states", move || {
        let waited = slept();
        expect((waited.found, waited.asleep == Some(false)), (1, false), "")?;
        let line = format!("2 × {increments} increments of a plain value make {}", 2 * increments);
        let report = expect(count(increments), 2 * increments, line)?;
        let Waited { asleep, .. } = waited;
        let state = asleep.map_or(
            "got the lock; this system does not show who sleeps",
            |_| "was seen asleep, then got the lock",
        );
        Ok(report.fact("who waits", state))
    })
    // Far more than it takes, even where one core is all there is.
    .within(Duration::from_secs(30) + Duration::from_micros(20) * increments);
    Lesson::new(
        "locks/src/primitives/futex.rs",
        [
            modelled(
                Form::deadlocks("now", || now::run(&Meeting::of_two(), 10 * PACE)),
                model::futex::now::run,
            ),
            modelled(seen, model::futex::seen::run),
            three_states.explored("2 threads", "lose an increment", || {
                assert_eq!(model::futex::three_states::count(1), 2);
            }),
        ],
    )
}

/// What `reentrant` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Reentrant {
    /// How often the thread takes the lock, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 3, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) times: u32,
}

pub(crate) fn reentrant(options: &Reentrant) -> Lesson {
    use real::reentrant::{counted, uncounted};
    use real::spin::{Done, Meeting};
    let times = options.times;
    let uncounted = Form::breaks("uncounted", || {
        let wanted = Done { entered: 2, most_inside: 2, value: 1 };
        let line = "t1 ends its inner section, and t2 comes into the outer one";
        expect(uncounted::run(&Meeting::of_two(), 3 * PACE), wanted, line)
    });
    let counted = Form::holds("counted", move || {
        let wanted = Done { entered: 1, most_inside: 1, value: 1 };
        expect(counted::run(&Meeting::of_two(), 3 * PACE), wanted, "")?;
        let steps = (1..=times).chain((0..times).rev()).collect();
        let shown = expect(counted::nested(times), steps, "taken again and given back, it is taken still")?;
        Ok(shown.fact("times held", format!("{times} after {times} × lock, 0 after {times} guards dropped")))
    });
    Lesson::new(
        "locks/src/primitives/reentrant.rs",
        [
            both_in(uncounted, || {
                model::reentrant::uncounted::run(&model::spin::Meeting::none(), Duration::ZERO)
            }),
            both_in(counted, || {
                model::reentrant::counted::run(&model::spin::Meeting::none(), Duration::ZERO)
            }),
        ],
    )
}
