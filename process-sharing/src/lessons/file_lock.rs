use process_sharing::file_lock;
use stage::{Lesson, Variant};

use super::{breaks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("file-lock", "a file's lock between processes, which the kernel releases")
        .story("Two processes add 1 to the number in a file. Both read it before either writes.")
        .source("process-sharing/src/file_lock.rs")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        breaks("without", file_lock::without, is(1, "0 + 1 twice: 1, an update is lost"))
            .story("Two processes read before either writes: both write 1, a lost update."),
        holds(
            "locked",
            |program| file_lock::locked(program, file_lock::let_write),
            is(2, "the second one waited: 2"),
        )
        .story("A process locks the file (flock) from read to write: the second blocks."),
        holds(
            "holder-killed",
            |program| file_lock::locked(program, |mut first| first.kill()),
            is(1, "the kernel gave the lock to the one that waited"),
        )
        .story("The owner is killed: the kernel closes its file and releases the lock."),
        breaks(
            "posix-dropped",
            |program| file_lock::reopened(program, "fcntl"),
            is(true, "by fcntl: opened and closed once more, the file is unlocked"),
        )
        .story("An fcntl lock is the process's: closing any descriptor of the file ends it."),
        holds(
            "flock-kept",
            |program| file_lock::reopened(program, "flock"),
            is(false, "by File::lock: it is still locked"),
        )
        .story("A flock lock belongs to the open file description: closing another is harmless."),
    ]
}
