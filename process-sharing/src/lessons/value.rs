use process_sharing::shared_memory::MapMode;
use process_sharing::value::{NEW, OLD, Values, atomics, locked};
use stage::{Checked, Lesson, expect};

use super::holds;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("value", "an integer, a byte and a character in shared memory, changed by a child")
        .story(
            "The child inherits the memory's descriptor. What it writes there its parent reads, \
             unless the child maps a private copy.",
        )
        .source("process-sharing/src/value.rs")
        .variants(|| {
            [
                holds(
                    "private",
                    "The child maps the memory privately: its first write to a page makes a copy \
                     (copy-on-write), which no other process sees.",
                    |program| atomics(program, MapMode::Private),
                    |values| {
                        let line = "the parent's are unchanged: the child wrote to a copied page";
                        Ok(expect(values, OLD, line)?.fact("parent reads", shown(values)))
                    },
                ),
                holds(
                    "atomics",
                    "Each of the three is an atomic in shared memory: the parent sees every \
                     change, each one on its own.",
                    |program| atomics(program, MapMode::Shared),
                    |values| changed(values, "each is seen as the child left it"),
                ),
                holds(
                    "locked",
                    "A robust mutex guards all three: the parent sees them as one critical \
                     section has left them.",
                    locked,
                    |values| changed(values, "all are seen as the child left them, together"),
                ),
            ]
        })
}

fn shown(values: Values) -> String {
    let char = |number| char::from_u32(number).unwrap_or('\u{fffd}');
    format!("{}, {}, {}", values.integer, char(values.byte.into()), char(values.wide))
}

fn changed(values: Values, line: &str) -> Checked {
    let changes = format!("{} became {}", shown(OLD), shown(values));
    Ok(expect(values, NEW, line)?.fact("parent reads", changes))
}
