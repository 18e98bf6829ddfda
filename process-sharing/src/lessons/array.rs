use std::io;
use std::path::Path;

use process_sharing::array::{NEW, OLD, run};
use process_sharing::shared_memory::MapMode;
use stage::{Lesson, Variant, expect};

use super::{breaks, holds};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("array", "four integers in shared memory, changed by a child")
        .story(
            "They are 1, 2, 3, 4 (Python: Array('i', [1, 2, 3, 4])). To see that a change arrives, \
             something else has to be written.",
        )
        .source("process-sharing/src/{array,shared_memory/robust_mutex}.rs")
        .python("four_integers")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        breaks(
            "old-values",
            |program| both(program, OLD),
            |both| {
                let line = "shared or not, the parent reads the same: it shows nothing";
                let written = format!("{OLD:?} over {OLD:?}");
                Ok(expect(both, [OLD, OLD], line)?.fact("written", written))
            },
        )
        .story("The child writes the old values again: the parent cannot tell shared from copied."),
        holds(
            "new-values",
            |program| both(program, NEW),
            |both| {
                let report =
                    expect(both, [NEW, OLD], "what is shared has changed, a copy has not")?;
                Ok(report.fact("shared", format!("{NEW:?}")).fact("private", format!("{OLD:?}")))
            },
        )
        .story("The child writes new values: the parent reads what is shared, not a copy."),
    ]
}

/// What the parent reads after a child has written to shared memory, and to a private copy.
fn both(program: &Path, written: [i32; 4]) -> io::Result<[[i32; 4]; 2]> {
    Ok([run(program, MapMode::Shared, written)?, run(program, MapMode::Private, written)?])
}
