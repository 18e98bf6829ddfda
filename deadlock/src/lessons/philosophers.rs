//! `philosophers`: the dining philosophers, and five strategies.

use std::time::Duration;

use deadlock::{model, real};
use kit::sync_point::SyncPoint;
use real::philosophers::{
    Dinner, Plan, chandy_misra, naive, one_seat_fewer, ordered, try_back_off, waiter,
};
use stage::{Lesson, Report, Variant};

/// What `philosophers` can be asked for.
#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// The number of philosophers at the table, 2 to 1000
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=1000))]
    philosophers: u16,
    /// The number of meals that each of them eats, 1 to 1000; a meal takes 1 ms
    #[arg(long, value_name = "M", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    meals: u16,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("philosophers", "a round table, a fork between each two, and both needed to eat")
        .story("Each acquires the left fork, then waits for the right, a neighbour's left one.")
        .source("deadlock/src/philosophers.rs")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 6] {
    let (philosophers, meals) = (usize::from(options.philosophers), usize::from(options.meals));
    let plan = move |window| {
        let start = SyncPoint::of(philosophers);
        Plan { philosophers, meals, meal: Duration::from_millis(1), start, window }
    };
    let all_hold = move || SyncPoint::until_all_hold(philosophers);
    // Even one meal at a time ends within that time.
    let meals_at_most = u32::from(options.philosophers) * u32::from(options.meals);
    let deadline = Duration::from_secs(30) + Duration::from_millis(2) * meals_at_most;
    let holds = |name, run: fn(&Plan) -> Dinner| {
        let plan = move || plan(SyncPoint::none());
        Variant::holds(name, move || Ok(report(&plan(), &run(&plan())))).within(deadline)
    };
    [
        explored(
            Variant::deadlocks("naive", move || naive(&plan(all_hold())))
                .story("Each acquires the left fork, then the right: all may hold one, none two."),
            model::philosophers::naive,
        ),
        explored(
            holds("ordered", ordered)
                .story("Each acquires the lower number first: the last begins on the right."),
            model::philosophers::ordered,
        ),
        explored(
            holds("waiter", waiter)
                .story("A monitor hands out forks in pairs: nobody holds one and waits."),
            model::philosophers::waiter,
        ),
        explored(
            holds("one-seat-fewer", one_seat_fewer)
                .story("A semaphore admits one fewer than there are forks: one always gets two."),
            model::philosophers::one_seat_fewer,
        ),
        explored(
            holds("try-back-off", try_back_off)
                .story("The second fork is only tried: one that fails puts the first one back."),
            model::philosophers::try_back_off,
        ),
        explored(
            holds("chandy-misra", chandy_misra)
                .story("Dirty forks are handed over, clean ones kept: the hungrier comes first."),
            model::philosophers::chandy_misra,
        ),
    ]
}

fn report(plan: &Plan, dinner: &Dinner) -> Report {
    let rate = (plan.philosophers * plan.meals) as f64 / dinner.took.as_secs_f64();
    let again = match dinner.back_offs {
        0 => String::new(),
        back_offs => format!("; back-offs: {back_offs}"),
    };
    let (hungriest, meals) = (dinner.hungriest, plan.meals);
    Report::new(format!(
        "{rate:.0} meals/s; the last had {hungriest} of {meals} when one was full{again}"
    ))
}

fn explored(
    variant: Variant,
    run: fn(&model::philosophers::Plan) -> model::philosophers::Dinner,
) -> Variant {
    let (start, window) = (SyncPoint::none(), SyncPoint::none());
    let (philosophers, meals, meal) = (3, 1, Duration::ZERO);
    let plan = model::philosophers::Plan { philosophers, meals, meal, start, window };
    variant.explored("3 at the table", "deadlock", move || run(&plan))
}
