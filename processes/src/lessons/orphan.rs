//! A child that has lost its parent.

use processes::exit::Exit;
use processes::orphan::{Orphan, adopted, not_reaped};
use stage::{Lesson, Variant, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("orphan", "a child that has lost its parent, and which process waits for it")
        .story("Every orphan gets a new parent, which has to wait for a child it did not start.")
        .source("processes/src/orphan.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    let wanted = |left| Orphan { had_its_parent: true, adopted: true, left, exit: Exit::SUCCESS };
    [
        Variant::breaks("not-reaped", move || {
            let line = "its new parent does not wait: it is in state Z";
            on_linux(|| expect(with_child(not_reaped)?, wanted(Some(('Z', true))), line))
        })
        .story("The subreaper adopts the orphan and never waits: at its end it stays a zombie."),
        Variant::holds("adopted", move || {
            let line = "its new parent waits for it: nothing is left";
            on_linux(|| expect(with_child(adopted)?, wanted(None), line))
        })
        .story("The subreaper adopts the orphan and waits: the exit status is collected."),
    ]
}
