//! The lessons on what a thread may borrow, and what it has for itself.

use stage::{Lesson, Report, Variant, expect};
use threads_basics::{local, scope};

use super::PACE;

pub(crate) fn scope() -> Lesson {
    Lesson::new("scope", "threads that borrow from their starter's stack")
        .story("They end before it goes on, so nothing has to be copied, counted or locked.")
        .source("threads-basics/src/scope.rs")
        .variants(scope_variants)
}

fn scope_variants() -> Vec<Variant> {
    use scope::{Doubled, Heard, copied, halves, panicked, readers, unjoined};
    Vec::from([
        Variant::breaks("copied", || {
            expect(
                copied(PACE),
                vec![1, 2, 3, 4],
                "the thread doubles its copy, the starter's list is as it was",
            )
        })
        .story(
            "Moves a copy of the list into a spawned thread, and the parent's list stays \
                    as it is.",
        ),
        Variant::holds("halves", || {
            let wanted = Doubled { list: vec![2, 4, 6, 8], in_place: true };
            expect(
                halves(PACE),
                wanted,
                "two threads double a half each, in the starter's own memory",
            )
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
        Variant::holds("panicked", || {
            let Heard { joined, left } = panicked();
            expect(
                (joined.as_str(), left.as_str()),
                ("out of paper", "a scoped thread panicked"),
                "",
            )?;
            Ok(Report::new("a panic is not lost")
                .fact("joined by hand", joined)
                .fact("left to the scope", left))
        })
        .story(
            "A panic is an error for the one that joins; if nobody joins, the scope panics at \
                 its end.",
        ),
    ])
}

pub(crate) fn local() -> Lesson {
    Lesson::new("local", "what a thread has for itself")
        .story(
            "A thread-local is written like a static, and is one for each thread, for as long \
             as that lives.",
        )
        .source("threads-basics/src/local/")
        .variants(local_variants)
}

fn local_variants() -> Vec<Variant> {
    use local::count::{Counts, apart, merged, together};
    use local::end::{joined, joined_in_the_scope, left_to_the_scope};
    use local::left_over::{left_over, put_back};
    let ada = || Some("Ada".to_owned());
    Vec::from([
            Variant::breaks("apart", || {
                let wanted = Counts { threads: [10; 3], starter: 0, shared_writes: 0 };
                expect(apart(), wanted, "each thread has counted to 10; the starter's own is 0")
            })
.story("Each thread counts in a thread-local of its own, and the parent reads one in which nobody \
        counts."),
            Variant::holds("together", || {
                let wanted = Counts { threads: [30; 3], starter: 30, shared_writes: 30 };
                expect(together(), wanted, "a static: everyone reads 30, after 30 shared writes")
            })
.story("All count in one static, which each step writes."),
            Variant::holds("merged", || {
                let wanted = Counts { threads: [10; 3], starter: 30, shared_writes: 3 };
                expect(merged(), wanted, "counted apart and handed over once: 30, after 3")
            })
.story("Each thread counts in its thread-local and returns the number, which its parent adds up."),
            Variant::breaks("left-over", move || {
                expect(
                    left_over(),
                    [ada(), ada()],
                    "nobody's request runs as Ada: her name was left in the thread",
                )
            })
.story("A request leaves its user's name in a thread-local, and the next request on that thread \
        finds it."),
            Variant::holds("put-back", move || {
                expect(put_back(), [ada(), None], "a guard puts back what was there before")
            })
.story("A guard restores, when the request ends, what was in the thread-local before."),
            Variant::breaks("left-to-scope", || {
                let order = ["t1 ends", "starter goes on", "destroyed"];
                expect(left_to_the_scope().as_slice(), &order, "the scope ends before the thread-local does")
            })
.story("A scope waits until the thread's function has returned, not until its thread-locals are \
        destroyed."),
            Variant::holds("joined", || {
                let order = ["t1 ends", "destroyed", "starter goes on"];
                expect(joined_in_the_scope().as_slice(), &order, "")?;
                expect(joined().as_slice(), &order, "join waits until it is destroyed, in a scope too")
            })
.story("join waits until the thread has ended, its thread-locals included."),
        ],
    )
}
