//! `scope`: threads that borrow.

use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::scope::{copied, halves, panicked, readers, unjoined};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("scope", "threads that borrow from their parent's stack")
        .story("They end before it goes on, so nothing has to be copied, counted or locked.")
        .source("threads-basics/src/scope.rs")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    [
        Variant::breaks("copied", || {
            let line = "the thread doubles its copy, the parent's list is as it was";
            expect(copied(), vec![1, 2, 3, 4], line)
        })
        .story("Moves a copy of the list into a thread; the parent's list stays as it is."),
        Variant::holds("halves", || {
            let line = "two threads double a half each, in the parent's own memory";
            expect(halves(), (vec![2, 4, 6, 8], true), line)
        })
        .story("Two scoped threads borrow a half each, mutably, and change it in place."),
        Variant::holds("readers", || {
            expect(readers(), (14, Some(1), Some(5)), "four read one list at once, without an Arc")
        })
        .story("Scoped threads and their parent borrow one list at the same time, to read it."),
        Variant::holds("unjoined", || {
            expect(unjoined(), 1, "nobody joins the thread; the end of the scope has waited for it")
        })
        .story("Nobody joins the thread: the scope itself waits for it before it returns."),
        Variant::holds("panicked", both_panics)
            .story("A panic is an error for the one that joins; else the scope panics at its end."),
    ]
}

fn both_panics() -> Checked {
    let [joined, left] = panicked();
    expect(
        (&*joined, &*left),
        ("out of paper", "a scoped thread panicked"),
        "the join has the panic, and so has the scope",
    )?;
    Ok(Report::new("a panic is not lost")
        .fact("joined by hand", joined)
        .fact("left to the scope", left))
}
