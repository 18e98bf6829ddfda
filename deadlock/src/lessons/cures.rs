//! The lessons that see a deadlock coming, or undo it.

use deadlock::{Window, model, parking_lot_detector, real};
use stage::{Lesson, Report, Variant, expect};

use super::{all_hold, moment};

pub(crate) fn banker() -> Lesson {
    Lesson::new("banker", "a loan is granted only if all clients can still be served")
        .story(
            "Two clients may claim two coins each; the bank has two. The greedy bank gives one \
             to each.",
        )
        .source("deadlock/src/banker.rs")
        .variants(banker_variants)
}

fn banker_variants() -> Vec<Variant> {
    use real::banker::{Ledger, Policy, run};
    let modelled = |form: Variant, policy| {
        form.explored("2 clients", "deadlock", move || {
            assert_eq!(model::banker::run(policy, Window::narrow()), 2);
        })
    };
    Vec::from([
        modelled(
            Variant::deadlocks("greedy", || run(Policy::Greedy, all_hold())).story(
                "The bank lends whatever it has, and ends with all its coins out and no \
                     client able to finish.",
            ),
            model::banker::Policy::Greedy,
        ),
        modelled(
            Variant::holds("banker", || {
                let mut example = Ledger::new(vec![5, 4], vec![vec![4, 1], vec![2, 3], vec![3, 3]]);
                [(0, [2, 0]), (1, [1, 1]), (2, [0, 1])]
                    .iter()
                    .for_each(|(client, some)| example.grant(*client, some));
                let order = example.safe_order().ok_or("the example is not safe")?;
                let report = expect(
                    run(Policy::Banker, moment()),
                    2,
                    "all was lent, and all was paid back",
                )?;
                Ok(report
                    .fact(
                        "example",
                        format!("left {:?}, claims {:?}", example.left, example.claims),
                    )
                    .fact(
                        "",
                        format!("granted {:?}: safe, in the order {order:?}", example.granted),
                    )
                    .fact(
                        "",
                        format!(
                            "2 more of the first kind to client 2: safe? {}",
                            example.stays_safe(2, &[2, 0])
                        ),
                    ))
            })
            .story(
                "A request is granted only if an order is left in which every client can \
                     finish: a safe state.",
            ),
            model::banker::Policy::Banker,
        ),
    ])
}

pub(crate) fn detect() -> Lesson {
    Lesson::new("detect", "a lock that says no before it would wait for ever")
        .story(
            "Each lock notes its holder, and each waiting thread its lock; a thread that would \
             close a cycle is told the threads, locks and lines.",
        )
        .source("deadlock/src/detect.rs")
        .variants(detect_variants)
}

fn detect_variants() -> Vec<Variant> {
    Vec::from([
        Variant::holds("checked", || {
            let circle = real::detect::checked(all_hold()).ok_or("no circle was found")?.circle;
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
        .story(
            "A thread that would close a cycle of waits gets an error in place of \
                 the lock, and can back out.",
        )
        .explored("2 threads", "deadlock", || model::detect::checked(Window::narrow())),
        Variant::holds("parking-lot", || {
            let found =
                parking_lot_detector::run(all_hold()).ok_or("the detector found nothing")?;
            let after = found.after.as_millis();
            let report = Report::new(format!(
                "its detector found a cycle of {} threads, {after} ms after they began",
                found.threads
            ));
            Ok(found.lines.iter().fold(report, |report, line| report.fact("at", line)))
        })
        .story(
            "parking_lot's detector looks for a cycle among the parked threads when \
                 it is asked, after the fact.",
        ),
    ])
}

pub(crate) fn recover() -> Lesson {
    Lesson::new("recover", "the victim of a deadlock backs out, and the rest go on")
        .story(
            "Transfers between two accounts, in both directions at once. The thread that would \
             close the cycle undoes its half and starts again.",
        )
        .source("deadlock/src/recover.rs")
        .variants(recover_variants)
}

fn recover_variants() -> Vec<Variant> {
    Vec::from([Variant::holds("victim", || {
        let done = real::recover::run(5, all_hold());
        let victims: Vec<_> = done.found.iter().filter_map(|found| found.circle.first()).collect();
        let first = victims.first().ok_or("there was no deadlock to recover from")?;
        let line = format!(
            "5 transfers each way; times backed out: {}, {} first",
            victims.len(),
            first.thread
        );
        expect(done.balances, (100, 100), line)
            .map(|report| report.fact("balances", "100 and 100, as before"))
    })
    .story(
        "The thread that would close the cycle is the victim: it undoes its \
             half, releases it and begins again.",
    )
    .explored("2 threads", "deadlock", || {
        assert_eq!(model::recover::run(1, Window::narrow()).balances, (100, 100));
    })])
}

pub(crate) fn lock_graph() -> Lesson {
    Lesson::new("lock-graph", "an order turned round, reported on a run without a deadlock")
        .story(
            "t1 takes A, then B, and is done before t2 takes B, then A. Nothing can happen; \
             without that, it is lock-order.",
        )
        .source("deadlock/src/lock_graph.rs")
        .variants(lock_graph_variants)
}

fn lock_graph_variants() -> Vec<Variant> {
    Vec::from([
        Variant::holds("ours", || {
            let inversion =
                deadlock::lock_graph::ours().err().ok_or("the order turned round was not seen")?;
            let report = Report::new(format!(
                "{} was refused; both threads have ended",
                inversion.now.thread
            ))
            .fact("now", inversion.now.to_string());
            Ok(inversion
                .before
                .iter()
                .fold(report, |report, before| report.fact("before", before.to_string())))
        })
        .story(
            "Every order in which two locks are held is noted, and an order that \
                 contradicts one is refused.",
        ),
        Variant::holds("tracing-mutex", || {
            let panic = deadlock::lock_graph::tracing_mutex()
                .ok_or("the order turned round was not seen")?;
            Ok(Report::new("the crate panics in t2").fact("says", panic))
        })
        .story(
            "The crate tracing-mutex notes the same orders, and panics at the one \
                 that closes a cycle.",
        ),
    ])
}
