//! The dining philosophers, and five strategies.

use std::time::Duration;

use deadlock::{Window, model, real};
use stage::{Lesson, Report, Variant};

use super::Philosophers;

pub(crate) fn philosophers() -> Lesson {
    Lesson::new("philosophers", "a round table, a fork between each two, and both needed to eat")
        .story(
            "Everyone takes the left fork, then waits for the right one, which is someone's \
             left one.",
        )
        .source("deadlock/src/philosophers/")
        .variants_with(philosophers_variants)
}

fn philosophers_variants(options: &Philosophers) -> Vec<Variant> {
    use real::philosophers::{
        Dinner, Plan, chandy_misra, naive, one_seat_fewer, ordered, try_back_off, waiter,
    };
    let (philosophers, meals) = (usize::from(options.philosophers), usize::from(options.meals));
    let plan = move |window| {
        let start = Window::common_start(philosophers);
        Plan { philosophers, meals, meal: Duration::from_millis(1), start, window }
    };
    let modelled =
        |form: Variant, run: fn(&model::philosophers::Plan) -> model::philosophers::Dinner| {
            let (start, window) = (Window::narrow(), Window::narrow());
            let plan = model::philosophers::Plan {
                philosophers: 3,
                meals: 1,
                meal: Duration::ZERO,
                start,
                window,
            };
            form.explored("3 at the table", "deadlock", move || run(&plan))
        };
    let dine = move |run: fn(&Plan) -> Dinner| {
        let dinner = run(&plan(Window::narrow()));
        let rate = (philosophers * meals) as f64 / dinner.took.as_secs_f64();
        let hungriest = dinner.hungriest;
        let again = if dinner.back_offs > 0 {
            format!("; back-offs: {}", dinner.back_offs)
        } else {
            String::new()
        };
        Ok(Report::new(format!(
            "{rate:.0} meals/s; the last had {hungriest} of {meals} when one was full{again}"
        )))
    };
    // Even one meal at a time ends in that time.
    let limit =
        Duration::from_millis(2) * u32::from(options.philosophers) * u32::from(options.meals);
    let holds =
        |name, run| Variant::holds(name, move || dine(run)).within(Duration::from_secs(30) + limit);
    let all = move || Window::until_all_hold(philosophers);
    Vec::from([
        modelled(
            Variant::deadlocks("naive", move || naive::run(&plan(all()))).story(
                "Each philosopher acquires the left fork, then the right one: when all \
                     hold one, nobody gets a second.",
            ),
            model::philosophers::naive::run,
        ),
        modelled(
            holds("ordered", ordered::run).story(
                "Each acquires the fork of the lower number first, so the last one \
                     begins on the right: no cycle.",
            ),
            model::philosophers::ordered::run,
        ),
        modelled(
            holds("waiter", waiter::run).story(
                "A monitor hands out forks in pairs, so nobody holds one fork while \
                     waiting for the other.",
            ),
            model::philosophers::waiter::run,
        ),
        modelled(
            holds("one-seat-fewer", one_seat_fewer::run).story(
                "A semaphore admits one philosopher fewer than there are forks, so \
                     someone always gets a second one.",
            ),
            model::philosophers::one_seat_fewer::run,
        ),
        modelled(
            holds("try-back-off", try_back_off::run).story(
                "The second fork is only tried: a philosopher who fails puts the first \
                     one back, and begins with the other.",
            ),
            model::philosophers::try_back_off::run,
        ),
        modelled(
            holds("chandy-misra", chandy_misra::run).story(
                "Dirty forks are handed over and clean ones kept: the neighbour that has \
                     eaten less recently goes first.",
            ),
            model::philosophers::chandy_misra::run,
        ),
    ])
}
