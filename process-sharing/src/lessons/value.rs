use process_sharing::shared_memory::MapMode;
use process_sharing::value::{NEW, OLD, Values, atomics, locked};
use stage::{Checked, Lesson, Variant, expect};

use super::holds;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("value", "an integer, a byte and a character in shared memory, changed by a child")
        .story(
            "The child inherits the descriptor of a long, a char and a wide char (Python: Value of \
             'l', 'c', 'u'). What it writes its parent reads, unless it maps a private copy.",
        )
        .source("process-sharing/src/{value,shared_memory/shared}.rs")
        .python("changed_values")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        holds(
            "private",
            |program| atomics(program, MapMode::Private),
            |values| {
                let line = "the parent's are unchanged: the child wrote to a copied page";
                Ok(expect(values, OLD, line)?.fact("parent reads", shown(values)))
            },
        )
        .story("The child maps a private copy: its first write copies the page (copy-on-write)."),
        holds(
            "atomics",
            |program| atomics(program, MapMode::Shared),
            |values| changed(values, "each is seen as the child left it"),
        )
        .story("Each of the three is an atomic: the parent sees each change alone."),
        holds("locked", locked, |values| {
            changed(values, "all are seen as the child left them, together")
        })
        .story("A robust mutex guards all three, as Value's get_lock(): all change at once."),
    ]
}

fn shown(values: Values) -> String {
    let char = |number| char::from_u32(number).unwrap_or('\u{fffd}');
    format!("{}, {}, {}", values.integer, char(values.byte.into()), char(values.wide))
}

fn changed(values: Values, line: &str) -> Checked {
    let changes = format!("{} became {}", shown(OLD), shown(values));
    Ok(expect(values, NEW, line)?.fact("parent reads", changes))
}
