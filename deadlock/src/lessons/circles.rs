//! The lessons in which locks are waited for in a circle.

use std::time::Duration;

use deadlock::{Window, model, real, rwlock};
use stage::{Form, Lesson, Report, expect};

use super::{Philosophers, all_hold, moment};

pub(crate) fn self_lock() -> Lesson {
    use real::self_lock::{ended_first, handed_on, tried, twice};
    let modelled = |form: Form, run: fn()| form.explored("1 thread", "deadlock", run);
    Lesson::new(
        "deadlock/src/self_lock.rs",
        [
            modelled(Form::deadlocks("twice", twice), model::self_lock::twice),
            modelled(
                Form::holds("ended-first", || {
                    expect(ended_first(), 90, "the guard's block ends before the call")
                }),
                || assert_eq!(model::self_lock::ended_first(), 90),
            ),
            modelled(
                Form::holds("handed-on", || {
                    expect(handed_on(), 90, "the function is handed the value, not the lock")
                }),
                || assert_eq!(model::self_lock::handed_on(), 90),
            ),
            modelled(Form::holds("tried", || expect(tried(), false, "try_lock says no at once")), || {
                assert!(!model::self_lock::tried());
            }),
        ],
    )
}

pub(crate) fn lock_order() -> Lesson {
    use real::lock_order::{Done, both_at_once, opposite, ordered, try_back_off};
    let modelled = |form: Form, run: fn(Window) -> model::lock_order::Done| {
        form.explored("2 threads", "deadlock", move || assert_eq!(run(Window::narrow()).values, (2, 2)))
    };
    let added = |done: Done| {
        let again =
            if done.back_offs > 0 { format!("; back-offs: {}", done.back_offs) } else { String::new() };
        expect(done.values, (2, 2), format!("both threads had both locks{again}"))
    };
    Lesson::new(
        "deadlock/src/lock_order/",
        [
            modelled(
                Form::deadlocks("opposite", || opposite::run(all_hold())),
                model::lock_order::opposite::run,
            ),
            modelled(
                Form::holds("ordered", move || added(ordered::run(moment()))),
                model::lock_order::ordered::run,
            ),
            modelled(
                Form::holds("try-back-off", move || added(try_back_off::run(all_hold()))),
                model::lock_order::try_back_off::run,
            ),
            modelled(
                Form::holds("both-at-once", move || added(both_at_once::run(moment()))),
                model::lock_order::both_at_once::run,
            ),
        ],
    )
}

pub(crate) fn philosophers(options: &Philosophers) -> Lesson {
    use real::philosophers::{
        Dinner, Plan, chandy_misra, naive, one_seat_fewer, ordered, try_back_off, waiter,
    };
    let (philosophers, meals) = (usize::from(options.philosophers), usize::from(options.meals));
    let plan = move |window| {
        let start = Window::common_start(philosophers);
        Plan { philosophers, meals, meal: Duration::from_millis(1), start, window }
    };
    let modelled = |form: Form, run: fn(&model::philosophers::Plan) -> model::philosophers::Dinner| {
        let (start, window) = (Window::narrow(), Window::narrow());
        let plan =
            model::philosophers::Plan { philosophers: 3, meals: 1, meal: Duration::ZERO, start, window };
        form.explored("3 at the table", "deadlock", move || run(&plan))
    };
    let dine = move |run: fn(&Plan) -> Dinner| {
        let dinner = run(&plan(Window::narrow()));
        let rate = (philosophers * meals) as f64 / dinner.took.as_secs_f64();
        let hungriest = 100 * dinner.hungriest / meals;
        let again =
            if dinner.back_offs > 0 { format!("; back-offs: {}", dinner.back_offs) } else { String::new() };
        Ok(Report::new(format!("{rate:>6.0} meals/s, the hungriest had {hungriest:>3} %{again}")))
    };
    // Even one meal at a time ends in that time.
    let limit = Duration::from_millis(2) * u32::from(options.philosophers) * u32::from(options.meals);
    let holds = |name, run| Form::holds(name, move || dine(run)).within(Duration::from_secs(30) + limit);
    let all = move || Window::until_all_hold(philosophers);
    Lesson::new(
        "deadlock/src/philosophers/",
        [
            modelled(
                Form::deadlocks("naive", move || naive::run(&plan(all()))),
                model::philosophers::naive::run,
            ),
            modelled(holds("ordered", ordered::run), model::philosophers::ordered::run),
            modelled(holds("waiter", waiter::run), model::philosophers::waiter::run),
            modelled(holds("one-seat-fewer", one_seat_fewer::run), model::philosophers::one_seat_fewer::run),
            modelled(holds("try-back-off", try_back_off::run), model::philosophers::try_back_off::run),
            modelled(holds("chandy-misra", chandy_misra::run), model::philosophers::chandy_misra::run),
        ],
    )
}

pub(crate) fn coffman() -> Lesson {
    use real::coffman::{all_four, all_or_nothing, no_circular_wait, preempted, shared};
    let modelled = |form: Form, run: fn()| form.explored("2 threads", "deadlock", run);
    Lesson::new(
        "deadlock/src/coffman.rs",
        [
            modelled(Form::deadlocks("all-four", || all_four::run(all_hold())), || {
                model::coffman::all_four::run(Window::narrow());
            }),
            modelled(
                Form::holds("no-mutual-exclusion", || {
                    expect(shared::run(all_hold()), [2, 2], "both read both: a lock with room for many")
                }),
                || assert_eq!(model::coffman::shared::run(Window::narrow()), [2, 2]),
            ),
            modelled(
                Form::holds("no-hold-and-wait", || {
                    expect(all_or_nothing::run(moment()), 2, "both locks or none: who waits holds nothing")
                }),
                || assert_eq!(model::coffman::all_or_nothing::run(Window::narrow()), 2),
            ),
            modelled(
                Form::holds("preemption", || {
                    let (value, robberies) = preempted::run(all_hold());
                    expect(value, 2, format!("who waits can be robbed; {robberies} robbed, and began again"))
                }),
                || assert_eq!(model::coffman::preempted::run(Window::narrow()).0, 2),
            ),
            modelled(
                Form::holds("no-circular-wait", || {
                    expect(no_circular_wait::run(moment()).values, (2, 2), "one order for all: A before B")
                }),
                || assert_eq!(model::coffman::no_circular_wait::run(Window::narrow()).values, (2, 2)),
            ),
        ],
    )
}

pub(crate) fn upgrade() -> Lesson {
    use real::upgrade::{announced, both_upgrade, read_again, refused};
    let modelled = |form: Form, run: fn(Window) -> u32| {
        form.explored("2 threads", "deadlock", move || assert_eq!(run(Window::narrow()), 2))
    };
    let two = |value, line: &str| expect(value, 2, line);
    Lesson::new(
        "deadlock/src/upgrade/",
        [
            modelled(
                Form::deadlocks("both-upgrade", || both_upgrade::run(all_hold())),
                model::upgrade::both_upgrade::run,
            ),
            Form::deadlocks("std-read-write", rwlock::read_then_write),
            Form::deadlocks("std-read-twice", rwlock::read_twice),
            modelled(
                Form::holds("refused", move || {
                    two(refused::run(all_hold()), "the second to ask stops reading, begins again")
                }),
                model::upgrade::refused::run,
            ),
            modelled(
                Form::holds("announced", move || {
                    two(announced::run(moment()), "one upgradable reader at a time")
                }),
                model::upgrade::announced::run,
            ),
            modelled(
                Form::holds("read-again", move || {
                    two(read_again::run(all_hold()), "stops reading, then writes what it reads anew")
                }),
                model::upgrade::read_again::run,
            ),
        ],
    )
}
