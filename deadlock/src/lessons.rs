//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to come out.

use std::time::Duration;

use deadlock::{Metronome, Window, async_guard, model, parking_lot_detector, real, starvation};
use stage::{Form, Lesson, Report, Shown};

/// What `philosophers` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Philosophers {
    /// How many sit at the table
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=1000))]
    philosophers: u16,
    /// How many meals each of them eats; a meal takes 1 ms
    #[arg(long, value_name = "M", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    meals: u16,
}

/// The window in which a form that deadlocks is caught, and the one that a form that holds is tried in.
fn shut() -> Window {
    Window::until_all_hold(2)
}
fn moment() -> Window {
    Window::for_a_moment(2)
}

/// Reports, if what came out is what has to come out.
fn expect<T: PartialEq + std::fmt::Debug>(out: T, wanted: T, line: impl Into<String>) -> Shown {
    if out == wanted { Ok(Report::new(line)) } else { Err(format!("{out:?} came out, not {wanted:?}")) }
}

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
                assert!(!model::self_lock::tried())
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
            modelled(Form::deadlocks("opposite", || opposite::run(shut())), model::lock_order::opposite::run),
            modelled(
                Form::holds("ordered", move || added(ordered::run(moment()))),
                model::lock_order::ordered::run,
            ),
            modelled(
                Form::holds("try-back-off", move || added(try_back_off::run(moment()))),
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
    let plan = move |window| Plan { philosophers, meals, meal: Duration::from_millis(1), window };
    let modelled = |form: Form, run: fn(&model::philosophers::Plan) -> model::philosophers::Dinner| {
        let window = Window::narrow();
        let plan = model::philosophers::Plan { philosophers: 3, meals: 1, meal: Duration::ZERO, window };
        form.explored("3 at the table", "deadlock", move || drop(run(&plan)))
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
            modelled(Form::deadlocks("all-four", || all_four::run(shut())), || {
                model::coffman::all_four::run(Window::narrow());
            }),
            modelled(
                Form::holds("no-mutual-exclusion", || {
                    expect(shared::run(moment()), [2, 2], "both read both: a lock with room for many")
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
                    let (value, robberies) = preempted::run(moment());
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

pub(crate) fn banker() -> Lesson {
    use real::banker::{Ledger, Policy, run};
    let modelled = |form: Form, policy| {
        form.explored("2 clients", "deadlock", move || {
            assert_eq!(model::banker::run(policy, Window::narrow()), 2);
        })
    };
    Lesson::new(
        "deadlock/src/banker.rs",
        [
            modelled(
                Form::deadlocks("greedy", || run(Policy::Greedy, shut())),
                model::banker::Policy::Greedy,
            ),
            modelled(
                Form::holds("banker", || {
                    let mut example = Ledger::new(vec![5, 4], vec![vec![4, 1], vec![2, 3], vec![3, 3]]);
                    [(0, [2, 0]), (1, [1, 1]), (2, [0, 1])]
                        .iter()
                        .for_each(|(client, some)| example.grant(*client, some));
                    let order = example.safe_order().ok_or("the example is not safe")?;
                    let report =
                        expect(run(Policy::Banker, moment()), 2, "all was lent, and all was paid back")?;
                    Ok(report
                        .fact("example", format!("left {:?}, claims {:?}", example.left, example.claims))
                        .fact("", format!("granted {:?}: safe, in the order {order:?}", example.granted))
                        .fact(
                            "",
                            format!(
                                "2 more of the first kind to client 2: safe? {}",
                                example.stays_safe(2, &[2, 0])
                            ),
                        ))
                }),
                model::banker::Policy::Banker,
            ),
        ],
    )
}

pub(crate) fn detect() -> Lesson {
    Lesson::new(
        "deadlock/src/detect.rs",
        [
            Form::holds("checked", || {
                let circle = real::detect::checked(shut()).ok_or("no circle was found")?.circle;
                let first = circle.first().ok_or("the circle is empty")?;
                let report = Report::new(format!("{} was refused, the other went on", first.thread));
                Ok(circle.iter().fold(report, |report, link| {
                    let taken = link.taken_at.map_or_else(|| "?".to_owned(), ToString::to_string);
                    report
                        .fact(
                            format!("{} wants {}", link.thread, link.wants),
                            format!("at    {}", link.asked_at),
                        )
                        .fact("", format!("taken {taken}"))
                }))
            })
            .explored("2 threads", "deadlock", || drop(model::detect::checked(Window::narrow()))),
            Form::holds("parking-lot", || {
                let found = parking_lot_detector::run(shut()).ok_or("the detector found nothing")?;
                let after = found.after.as_millis();
                let report = Report::new(format!(
                    "its detector found {} threads, {after} ms after they began",
                    found.threads
                ));
                Ok(found.lines.iter().fold(report, |report, line| report.fact("at", line)))
            }),
        ],
    )
}

pub(crate) fn recover() -> Lesson {
    Lesson::new(
        "deadlock/src/recover.rs",
        [Form::holds("victim", || {
            let done = real::recover::run(5, shut());
            let victims: Vec<_> = done.found.iter().filter_map(|found| found.circle.first()).collect();
            let first = victims.first().ok_or("there was no deadlock to recover from")?;
            let line = format!("5 transfers each way; backed out: {}, {} first", victims.len(), first.thread);
            expect(done.balances, (100, 100), line)
                .map(|report| report.fact("balances", "100 and 100, as before"))
        })
        .explored("2 threads", "deadlock", || {
            assert_eq!(model::recover::run(1, Window::narrow()).balances, (100, 100));
        })],
    )
}

pub(crate) fn lock_graph() -> Lesson {
    Lesson::new(
        "deadlock/src/lock_graph.rs",
        [
            Form::holds("ours", || {
                let inversion =
                    deadlock::lock_graph::ours().err().ok_or("the order turned round was not seen")?;
                let report = Report::new("t2 was refused; both threads have ended")
                    .fact("now", inversion.now.to_string());
                Ok(inversion
                    .before
                    .iter()
                    .fold(report, |report, before| report.fact("before", before.to_string())))
            }),
            Form::holds("tracing-mutex", || {
                let panic =
                    deadlock::lock_graph::tracing_mutex().ok_or("the order turned round was not seen")?;
                Ok(Report::new("the crate panics in t2").fact("says", panic))
            }),
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
                Form::deadlocks("both-upgrade", || both_upgrade::run(shut())),
                model::upgrade::both_upgrade::run,
            ),
            modelled(
                Form::holds("refused", move || {
                    two(refused::run(moment()), "the second to ask stops reading, begins again")
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
                    two(read_again::run(moment()), "stops reading, then writes what it reads anew")
                }),
                model::upgrade::read_again::run,
            ),
        ],
    )
}

pub(crate) fn channels() -> Lesson {
    use real::channels::{both_receive, both_send, one_speaks, room_for_one};
    let modelled = |form: Form, run: fn() -> [u32; 2]| {
        form.explored("2 threads", "deadlock", move || assert_eq!(run(), [2, 1]))
    };
    Lesson::new(
        "deadlock/src/channels.rs",
        [
            modelled(Form::deadlocks("both-receive", both_receive), model::channels::both_receive),
            modelled(Form::deadlocks("both-send", both_send), model::channels::both_send),
            modelled(
                Form::holds("one-speaks", || {
                    expect(one_speaks(), [2, 1], "t1 sends, then receives; t2 the other way round")
                }),
                model::channels::one_speaks,
            ),
            modelled(
                Form::holds("room-for-one", || {
                    expect(room_for_one(), [2, 1], "both send first, and there is room")
                }),
                model::channels::room_for_one,
            ),
        ],
    )
}

pub(crate) fn join_cycle() -> Lesson {
    use real::join_cycle::{by_the_starter, ring};
    Lesson::new(
        "deadlock/src/join_cycle.rs",
        [
            Form::deadlocks("ring", ring).explored("3 threads", "deadlock", model::join_cycle::ring),
            Form::holds("by-the-starter", || {
                expect(by_the_starter(), 3, "who starts the threads joins them")
            })
            .explored("3 threads", "deadlock", || assert_eq!(model::join_cycle::by_the_starter(), 3)),
        ],
    )
}

pub(crate) fn pool() -> Lesson {
    use real::pool::{helps, waits};
    let modelled = |form: Form, run: fn() -> [u32; 2]| {
        form.explored("2 workers", "deadlock", move || assert_eq!(run(), [11, 22]))
    };
    Lesson::new(
        "deadlock/src/pool.rs",
        [
            modelled(Form::deadlocks("waits", waits), model::pool::waits),
            modelled(
                Form::holds("helps", || expect(helps(), [11, 22], "who waits runs what is queued meanwhile")),
                model::pool::helps,
            ),
        ],
    )
}

pub(crate) fn async_guard() -> Lesson {
    use async_guard::{async_lock, ended_before, held_across};
    Lesson::new(
        "deadlock/src/async_guard.rs",
        [
            Form::deadlocks("held-across", held_across),
            Form::holds("ended-before", || {
                expect(ended_before(), 2, "the guard is dropped before the await")
            }),
            Form::holds("async-lock", || expect(async_lock(), 2, "tokio's lock gives way while it waits")),
        ],
    )
}

pub(crate) fn livelock() -> Lesson {
    use real::livelock::{one_gives_way, polite, random_pause};
    let beat = || Metronome::of(2, Duration::from_millis(1));
    Lesson::new(
        "deadlock/src/livelock.rs",
        [
            Form::breaks("polite", move || {
                let line = "in 8 rounds, nobody had both locks, and nobody was blocked";
                expect(polite(8, beat()), [None, None], line)
            })
            .explored("2 threads, 2 rounds", "get nowhere", || {
                let tries = model::livelock::polite(2, Metronome::silent());
                assert!(tries.iter().any(Option::is_some), "both gave way twice");
            }),
            Form::holds("random-pause", move || match random_pause(100, beat()) {
                [Some(one), Some(other)] => {
                    Ok(Report::new(format!("both had both locks, in rounds {one} and {other}")))
                }
                tries => Err(format!("not in 100 rounds: {tries:?}")),
            }),
            Form::holds("one-gives-way", move || {
                expect(one_gives_way(beat()), true, "t2 gave way, t1 did not; both had both locks")
            })
            .explored("2 threads", "get nowhere", || {
                model::livelock::one_gives_way(Metronome::silent());
            }),
        ],
    )
}

pub(crate) fn starvation() -> Lesson {
    use starvation::{in_turn, unfair};
    Lesson::new(
        "deadlock/src/starvation.rs",
        [
            Form::breaks("unfair", || {
                let meals = unfair(10);
                let line = format!(
                    "{} meals for each neighbour, none in the middle in {} tries",
                    meals.neighbour, meals.tries
                );
                expect(meals.middle, 0, line)
            }),
            Form::holds("in-turn", || {
                let meals = in_turn(10);
                let ahead = meals.most_ahead.ok_or("nobody stood in line")?;
                let line = format!("10 meals for each; ahead of the middle one at most: {ahead}");
                if ahead <= 2 { Ok(Report::new(line)) } else { Err(line) }
            }),
        ],
    )
}
