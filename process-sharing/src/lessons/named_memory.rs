use process_sharing::named_memory::{by_name, left_behind, mapped_file, unlinked};
use process_sharing::shared_memory::MapMode;
use stage::{Lesson, Variant};

use super::{breaks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("named-memory", "shared memory by name, and a mapped file")
        .story(
            "Two processes that are no relatives have mapped the same memory: the first writes 7, \
             the second reads it and writes 8.",
        )
        .source("process-sharing/src/named_memory.rs")
        .python("named_memory")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        breaks(
            "left-behind",
            left_behind,
            is(8, "a third process opens the name, and reads the 8 that they left"),
        )
        .story("Both are killed, and the name is not unlinked: the memory stays in the system."),
        holds(
            "by-name",
            |program| by_name(program, MapMode::Shared),
            is([7, 8], "the second read 7, the first read 8"),
        )
        .story("Both open one name and map it with MAP_SHARED: each reads what the other wrote."),
        breaks(
            "private",
            |program| by_name(program, MapMode::Private),
            is([7, 7], "the second read 7 and wrote 8; the first reads 7 still"),
        )
        .story("The second process maps with MAP_PRIVATE: it writes to a copy of the page."),
        holds(
            "mapped-file",
            mapped_file,
            is(([7, 8], 8), "the second read 7, the first read 8; the file holds 8"),
        )
        .story("Both map one file with MAP_SHARED: the file has what they write."),
        holds(
            "unlinked",
            unlinked,
            is(([7, 8], false), "no process can open it any more, and these two go on"),
        )
        .story(
            "The name is unlinked while it is mapped: both go on, and the memory ends with them.",
        ),
    ]
}
