//! `detect`: a cycle of waits, found before it closes and after.

#[cfg(feature = "parking-lot-detector")]
use deadlock::parking_lot_detector;
use deadlock::{model, real};
use kit::sync_point::SyncPoint;
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("detect", "a lock that returns an error where it would wait for ever")
        .story(
            "Each lock notes its holder, and each waiting thread its lock; a thread that would \
             close a cycle is told the threads, locks and lines.",
        )
        .python("dump")
        .source("deadlock/src/{detect,checked_mutex}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::holds("checked", checked)
            .story("A thread that would close a cycle of waits gets an error, and can back out.")
            .explored_for("2 threads", "cycles refused", "deadlock", [0, 1], || {
                model::detect::checked(SyncPoint::none()).iter().count()
            }),
        Variant::holds("parking-lot", parking_lot)
            .story("parking_lot's detector looks for a cycle when it is asked, after the fact."),
    ]
}

fn checked() -> Checked {
    let refused = real::detect::checked(SyncPoint::until_all_hold(2));
    let cycle = refused.ok_or("no cycle was found")?.cycle;
    let first = cycle.first().ok_or("the cycle is empty")?;
    let report = Report::new(format!("{} was refused, the other went on", first.thread));
    Ok(cycle.iter().fold(report, |report, link| {
        let acquired = link.acquired_at.map_or_else(|| "?".to_owned(), ToString::to_string);
        report
            .fact(
                format!("{} wants {}", link.thread, link.wants),
                format!("at   {}", link.asked_at),
            )
            .fact("", format!("held {acquired}"))
    }))
}

#[cfg(not(feature = "parking-lot-detector"))]
fn parking_lot() -> Checked {
    let why = "it was built without the detector, which takes long to build";
    Ok(Report::not_here(why).fact("with it", "cargo run -p deadlock -F parking-lot-detector"))
}

#[cfg(feature = "parking-lot-detector")]
fn parking_lot() -> Checked {
    let found = parking_lot_detector::run(&SyncPoint::until_all_hold(2));
    let found = found.ok_or("the detector found nothing")?;
    let after = found.after.as_millis();
    let report = Report::new(format!(
        "its detector found a cycle of {} threads, {after} ms after they began",
        found.threads
    ));
    Ok(found.lines.iter().fold(report, |report, line| report.fact("at", line)))
}
