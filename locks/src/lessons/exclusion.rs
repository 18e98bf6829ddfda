//! The lessons on what is inside a mutual exclusion.

use std::time::Duration;

use locks::real::inside::Done;
use locks::{Cues, model, real};
use stage::{Checked, Lesson, Report, Variant, expect};

use super::number_of;

const PACE: Duration = Duration::from_millis(1);

/// Two were inside at once, and one of two increments is lost.
const BOTH_IN: Done = Done { entered: 2, most_inside: 2, value: 1 };

/// Has the model checker look for two that are inside at once.
fn alone(form: Variant, run: impl Fn() -> model::inside::Done + Send + Sync + 'static) -> Variant {
    form.explored("2 threads", "both in", move || {
        let done = run();
        assert!(done.most_inside <= 1, "both are inside at once");
        assert!(done.value == done.entered, "an increment is lost");
    })
}

/// Has the model checker look for one of two that never gets in.
fn both_get_in(form: Variant, run: fn(&Cues, Duration) -> u32) -> Variant {
    form.explored("2 threads", "deadlock", move || {
        assert_eq!(run(&Cues::none(), Duration::ZERO), 2);
    })
}

/// What `spin` and `futex` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Increments {
    /// How often each of the two threads adds 1 at full speed, 1 to 10000000
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) increments: u32,
}

impl Increments {
    /// Reports that nothing is lost, if it is not.
    fn add_up(increments: u32, count: fn(u32) -> u32) -> Checked {
        let line = format!("2 × {increments} increments of a plain value make {}", 2 * increments);
        expect(count(increments), 2 * increments, line)
    }

    /// Far more than it takes, even where one core is all there is.
    fn time(&self) -> Duration {
        Duration::from_secs(30) + Duration::from_micros(20) * self.increments
    }
}

pub(crate) fn spin() -> Lesson {
    Lesson::new("spin", "a lock that is waited for by looking again and again")
        .story(
            "Who finds it taken pauses, looks, pauses longer. Who finds it free takes it: in \
             two steps both get in, in one step one does.",
        )
        .source("locks/src/primitives/spin.rs")
        .variants_with(spin_variants)
}

fn spin_variants(options: &Increments) -> Vec<Variant> {
    use model::spin as modelled;
    use real::spin::{one_step, two_steps};
    const TURNS: u32 = 3;
    let increments = options.increments;
    let two_steps = Variant::breaks("two-steps", || {
        let line = "both find it free, both take it: an increment is lost";
        expect(two_steps::tried(&Cues::given(), 3 * PACE), BOTH_IN, line)
    })
    .story("Tests the flag and sets it in two steps, so both threads enter the critical section.");
    let one_step = Variant::holds("one-step", move || {
        let tried = one_step::tried(&Cues::given(), PACE);
        expect((tried.most_inside, tried.value), (1, tried.entered), "")?;
        let waited = one_step::waited(TURNS, PACE);
        expect(waited, Done { entered: 2 * TURNS, most_inside: 1, value: 2 * TURNS }, "")?;
        Increments::add_up(increments, one_step::count)
    })
    .story("Tests and sets the flag by one compare-and-swap, which one of the two threads wins.")
    .within(options.time());
    Vec::from([
        alone(two_steps, || modelled::two_steps::tried(&Cues::none(), Duration::ZERO)),
        alone(one_step, || modelled::one_step::tried(&Cues::none(), Duration::ZERO)),
    ])
}

/// What `ticket` and `mcs` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Line {
    /// How many threads join the line, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) waiters: u32,
}

impl Line {
    /// Describes a form in which they join one by one, and have to get in in that order.
    fn in_order(&self, name: &'static str, run: fn(u32, Duration) -> Vec<u32>) -> Variant {
        let waiters = self.waiters;
        Variant::holds(name, move || {
            let line = format!(
                "{} came one by one, and got in as they came",
                number_of(waiters, "thread")
            );
            expect(run(waiters, PACE), (1..=waiters).collect(), line)
        })
    }
}

pub(crate) fn ticket() -> Lesson {
    Lesson::new("ticket", "first come, first served: a number is drawn, and waited for")
        .story(
            "Who comes draws the next number; who gives the lock back serves the one after its \
             own. The draw must be one step.",
        )
        .source("locks/src/primitives/ticket.rs")
        .variants_with(ticket_variants)
}

fn ticket_variants(options: &Line) -> Vec<Variant> {
    use model::ticket as modelled;
    use real::ticket::{one_step, two_steps};
    let two_steps = Variant::breaks("two-steps", || {
        let line = "both draw number 0, and both are served: an increment is lost";
        expect(two_steps::tried(&Cues::given(), 3 * PACE), BOTH_IN, line)
    })
    .story(
        "Reads the next number and writes it back in two steps, so two threads draw the same one.",
    );
    let one_step = options.in_order("one-step", one_step::in_order).story(
        "Draws the number by one fetch-and-add, so each thread has its own and is served in that \
         order.",
    );
    Vec::from([
        alone(two_steps, || modelled::two_steps::tried(&Cues::none(), Duration::ZERO)),
        alone(one_step, || modelled::one_step::tried(&Cues::none(), Duration::ZERO)),
    ])
}

pub(crate) fn mcs() -> Lesson {
    Lesson::new("mcs", "a line in which each looks at a cell of its own")
        .story(
            "Who comes makes itself the tail, then links itself to the one before. Who gives \
             the lock back may look in between.",
        )
        .source("locks/src/primitives/mcs.rs")
        .variants_with(mcs_variants)
}

fn mcs_variants(options: &Line) -> Vec<Variant> {
    use real::mcs::{in_order, linked, unlinked};
    let unlinked = Variant::deadlocks("unlinked", || unlinked::run(&Cues::given(), 10 * PACE))
.story("Releases the lock and does not wait for the link of a thread that has joined: that one \
        waits for ever.");
    let linked = Variant::holds("linked", || {
        let line = "who gives the lock back waits for the link: both got in";
        expect(linked::run(&Cues::given(), 10 * PACE), 2, line)
    })
    .story(
        "Waits, before it releases the lock, until the thread that has joined the queue is linked.",
    );
    Vec::from([
        both_get_in(unlinked, model::mcs::unlinked::run),
        both_get_in(linked, model::mcs::linked::run),
        options.in_order("in-line", in_order).story(
            "Each thread joins the tail by one swap, and the lock is handed over in that \
                 order (FIFO).",
        ),
    ])
}

pub(crate) fn futex() -> Lesson {
    Lesson::new("futex", "who waits sleeps, and must not miss being woken")
        .story(
            "t2 finds the lock taken. Before it sleeps, t1 gives it back and wakes whoever \
             sleeps: nobody, yet.",
        )
        .source("locks/src/primitives/futex.rs")
        .variants_with(futex_variants)
}

fn futex_variants(options: &Increments) -> Vec<Variant> {
    use real::futex::three_states::{count, slept};
    use real::futex::{now, seen};
    let increments = options.increments;
    let now = Variant::deadlocks("now", || now::run(&Cues::given(), 10 * PACE)).story(
        "Sleeps without telling the kernel which value it has seen, so a wake-up before that is \
         lost.",
    );
    let seen = Variant::holds("seen", || {
        expect(seen::run(&Cues::given(), 10 * PACE), 2, "it was free by then: nobody went to sleep")
    })
    .story(
        "Tells the kernel which value it has seen: if the word has changed, the thread does \
            not sleep.",
    );
    let three_states = Variant::holds("three-states", move || {
        let waited = slept();
        expect((waited.found, waited.asleep == Some(false)), (1, false), "")?;
        let report = Increments::add_up(increments, count)?;
        let state = match waited.asleep {
            Some(_) => "was seen asleep, then got the lock",
            None => "got the lock; this system does not show who sleeps",
        };
        Ok(report.fact("who waits", state))
    })
    .story(
        "A third state says that a thread may sleep, so a release calls the kernel only to \
            wake one.",
    )
    .within(options.time());
    Vec::from([
        both_get_in(now, model::futex::now::run),
        both_get_in(seen, model::futex::seen::run),
        three_states.explored("2 threads", "lost one", || {
            assert_eq!(model::futex::three_states::count(1), 2);
        }),
    ])
}

/// What `reentrant` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Reentrant {
    /// How often the thread takes the lock, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) times: u32,
}

pub(crate) fn reentrant() -> Lesson {
    Lesson::new("reentrant", "a lock that its holder may take again")
        .story(
            "It notes whose it is, and lets that one in; and it has to count, or the inner \
             section's end is the outer one's, too.",
        )
        .source("locks/src/primitives/reentrant.rs")
        .variants_with(reentrant_variants)
}

fn reentrant_variants(options: &Reentrant) -> Vec<Variant> {
    use model::reentrant as modelled;
    use real::reentrant::{counted, uncounted};
    let times = options.times;
    let uncounted = Variant::breaks("uncounted", || {
        let line = "t1 ends its inner section, and t2 comes into the outer one";
        expect(uncounted::run(&Cues::given(), 3 * PACE), BOTH_IN, line)
    })
    .story(
        "Does not count, so the end of the inner critical section releases the outer one as well.",
    );
    let counted = Variant::holds("counted", move || {
        let wanted = Done { entered: 1, most_inside: 1, value: 1 };
        expect(counted::run(&Cues::given(), 3 * PACE), wanted, "")?;
        let steps = (1..=times).chain((0..times).rev()).collect();
        let line = if times == 1 {
            "acquired once, it is free after one release"
        } else {
            "acquired again and released, it is still held; the last release frees it"
        };
        let shown = expect(counted::nested(times), steps, line)?;
        let guards = number_of(times, "guard");
        Ok(shown
            .fact("times held", format!("{times} after {times} × lock, 0 after {guards} dropped")))
    })
    .story("Counts how often its holder has acquired it, and is free after the last release.");
    Vec::from([
        alone(uncounted, || modelled::uncounted::run(&Cues::none(), Duration::ZERO)),
        alone(counted, || modelled::counted::run(&Cues::none(), Duration::ZERO)),
    ])
}

/// What `peterson` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Peterson {
    /// How many rounds the forms that hold are played, 1 to 10000000
    #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) rounds: u32,
}

pub(crate) fn peterson() -> Lesson {
    Lesson::new("peterson", "two threads keep each other out with loads and stores alone")
        .story(
            "Each says that it wants in, gives way, and looks. If its look overtakes its \
             announcement, both get in.",
        )
        .source("locks/src/peterson/")
        .variants_with(peterson_variants)
}

fn peterson_variants(options: &Peterson) -> Vec<Variant> {
    use real::peterson::{Exclusion, acquire_release, count, exchange, rounds, seq_cst};
    /// Where both get in at all, it takes some hundred.
    const MOST: u32 = 10_000_000;
    let most = options.rounds;
    fn modelled<P: model::peterson::Exclusion>(form: Variant) -> Variant {
        form.explored("2 threads", "both in", || {
            assert!(!model::peterson::one_round::<P>(), "both are inside at once");
        })
    }
    fn never_both<P: Exclusion>(most: u32) -> Checked {
        let done = rounds::<P>(most);
        expect((done.both_inside, done.value), (false, done.entered), "")?;
        let line =
            format!("{}: never both; 2 × {most} make {}", number_of(most, "round"), 2 * most);
        expect(count::<P>(most), 2 * most, line)
    }
    let limit = Duration::from_secs(60) + Duration::from_micros(40) * most;
    Vec::from([
            Variant::breaks("acquire-release", || {
                if std::thread::available_parallelism().is_ok_and(|cores| cores.get() == 1) {
                    return Ok(Report::not_here(
                        "needs two cores, and here is one; Loom finds it (cargo test)",
                    ));
                }
                let done = rounds::<acquire_release::Peterson>(MOST);
                if !done.both_inside && !cfg!(target_arch = "x86_64") {
                    return Ok(Report::not_here(
                        "not on this processor; Loom finds it all the same (cargo test)",
                    ));
                }
                let lost = done.entered - done.value;
                expect(
                    (done.both_inside, lost),
                    (true, 1),
                    format!("both inside in round {}: 1 increment is lost", done.rounds),
                )
            })
.story("With Acquire and Release, a load may overtake an earlier store of its thread, so both \
        threads enter.")
            .within(limit),
            modelled::<model::peterson::seq_cst::Peterson>(Variant::holds("seq-cst", move || {
                never_both::<seq_cst::Peterson>(most)
            })
.story("SeqCst gives all loads and stores one order, in which one of the two sees the other's \
        flag."))
            .within(limit),
            modelled::<model::peterson::exchange::Peterson>(Variant::holds("exchange", move || {
                never_both::<exchange::Peterson>(most)
            })
.story("Writes the turn by an atomic exchange, which reads the latest value and so sees the \
        other's flag."))
            .within(limit),
        ],
    )
}
