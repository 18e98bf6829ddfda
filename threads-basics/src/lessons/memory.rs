//! The lessons on what a thread may borrow, and what it has for itself.

use stage::{Form, Lesson, Report, expect};
use threads_basics::{local, scope};

use super::PACE;

pub(crate) fn scope() -> Lesson {
    use scope::{Doubled, Heard, copied, halves, panicked, readers, unjoined};
    Lesson::new(
        "threads-basics/src/scope.rs",
        [
            Form::breaks("copied", || {
                expect(
                    copied(PACE),
                    vec![1, 2, 3, 4],
                    "the thread doubles its copy, the starter's list is as it was",
                )
            }),
            Form::holds("halves", || {
                let wanted = Doubled { list: vec![2, 4, 6, 8], in_place: true };
                expect(halves(PACE), wanted, "two threads double a half each, in the starter's own memory")
            }),
            Form::holds("readers", || {
                expect(readers(), (14, Some(1), Some(5)), "four read one list at once, without an Arc")
            }),
            Form::holds("unjoined", || {
                expect(unjoined(), 1, "nobody joins the thread; the end of the scope has waited for it")
            }),
            Form::holds("panicked", || {
                let Heard { joined, left } = panicked();
                expect((joined.as_str(), left.as_str()), ("out of paper", "a scoped thread panicked"), "")?;
                Ok(Report::new("a panic is not lost")
                    .fact("joined by hand", joined)
                    .fact("left to the scope", left))
            }),
        ],
    )
}

pub(crate) fn local() -> Lesson {
    use local::count::{Counts, apart, merged, together};
    use local::end::{joined, joined_in_the_scope, left_to_the_scope};
    use local::left_over::{left_over, put_back};
    let ada = || Some("Ada".to_owned());
    Lesson::new(
        "threads-basics/src/local/",
        [
            Form::breaks("apart", || {
                let wanted = Counts { threads: [10; 3], starter: 0, shared_writes: 0 };
                expect(apart(), wanted, "each thread has counted to 10; the starter's own is 0")
            }),
            Form::holds("together", || {
                let wanted = Counts { threads: [30; 3], starter: 30, shared_writes: 30 };
                expect(together(), wanted, "a static: everyone reads 30, after 30 shared writes")
            }),
            Form::holds("merged", || {
                let wanted = Counts { threads: [10; 3], starter: 30, shared_writes: 3 };
                expect(merged(), wanted, "counted apart and handed over once: 30, after 3")
            }),
            Form::breaks("left-over", move || {
                expect(
                    left_over(),
                    [ada(), ada()],
                    "nobody's request runs as Ada: her name was left in the thread",
                )
            }),
            Form::holds("put-back", move || {
                expect(put_back(), [ada(), None], "a guard puts back what was there before")
            }),
            Form::breaks("left-to-scope", || {
                let order = ["t1 ends", "starter goes on", "destroyed"];
                expect(left_to_the_scope().as_slice(), &order, "the scope ends before the thread-local does")
            }),
            Form::holds("joined", || {
                let order = ["t1 ends", "destroyed", "starter goes on"];
                expect(joined_in_the_scope().as_slice(), &order, "")?;
                expect(joined().as_slice(), &order, "join waits until it is destroyed, in a scope too")
            }),
        ],
    )
}
