//! Tasks that do to a pool what a caller's own types may do.
#![cfg_attr(target_os = "linux", expect(unsafe_code, reason = "a task closes what is not its own"))]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use process_pool::{Context, Task};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What a panic says that is part of a test.
pub(crate) const MEANT: &str = "this panic is part of a test";

pub(crate) static WRITTEN: AtomicUsize = AtomicUsize::new(0);

/// What a caller's own type may do to a pool.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Odd {
    Echo(u64),
    Hang,
    /// Is counted in [`WRITTEN`] whenever it is sent.
    Counted(#[serde(serialize_with = "counts")] ()),
    /// Ends the worker if the shared counter is not 0, and takes 1 from it.
    ExitsSoManyTimes,
    /// Has a result that can be written, and not be read.
    Unreadable,
    /// Waits for the lock, and has a result that panics when the pool's process drops it.
    Bomb,
    /// Has an argument that panics when the pool's process drops it.
    Carries(Bomb),
    /// Panics; and so does its name.
    Nameless,
    /// Returns what descriptors its worker has.
    Descriptors,
    /// Closes all of its worker's descriptors, and returns; or does not.
    Closes {
        returns: bool,
    },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Came {
    Value(u64),
    Descriptors(Vec<String>),
    Unreadable(#[serde(deserialize_with = "reads_nothing")] ()),
    Bomb(Bomb),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !is_worker() && !std::thread::panicking() {
            panic!("{MEANT}");
        }
    }
}

fn reads_nothing<'de, D: Deserializer<'de>>(_: D) -> Result<(), D::Error> {
    Err(de::Error::custom("it refuses"))
}

impl Task for Odd {
    type Output = Came;

    fn run(self, context: &Context) -> Came {
        match self {
            Self::Echo(number) => Came::Value(number),
            Self::Carries(bomb) => {
                drop(bomb);
                Came::Value(0)
            }
            Self::Counted(()) => Came::Value(0),
            Self::Hang => hang(),
            Self::ExitsSoManyTimes => {
                if context
                    .counter()
                    .fetch_update(SeqCst, SeqCst, |times| times.checked_sub(1))
                    .is_ok()
                {
                    std::process::exit(1);
                }
                Came::Value(0)
            }
            Self::Descriptors => {
                let own = std::fs::read_dir("/proc/self/fd").expect("there is a /proc");
                let links = own.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok());
                // Without the numbers, which differ from worker to worker.
                let what = |link: PathBuf| {
                    link.to_string_lossy().replace(|c: char| c.is_ascii_digit(), "")
                };
                let mut descriptors: Vec<_> = links.map(what).collect();
                descriptors.sort();
                Came::Descriptors(descriptors)
            }
            Self::Unreadable => Came::Unreadable(()),
            Self::Bomb => {
                drop(context.lock());
                Came::Bomb(Bomb)
            }
            Self::Nameless => panic!("no luck and no name"),
            Self::Closes { returns } => {
                for descriptor in 3..1000 {
                    // SAFETY: none of them is used as what it was from here on, but by the pool's
                    // own code, which finds it closed: nothing else is opened in this process.
                    unsafe { libc::close(descriptor) };
                }
                if !returns {
                    hang();
                }
                Came::Value(0)
            }
        }
    }

    fn name(&self) -> String {
        assert!(!matches!(self, Self::Nameless), "{MEANT}");
        format!("{self:?}")
    }
}

fn hang() -> ! {
    loop {
        std::thread::park();
    }
}

/// Counts how often it is written.
fn counts<S: Serializer>((): &(), serializer: S) -> Result<S::Ok, S::Error> {
    WRITTEN.fetch_add(1, SeqCst);
    serializer.serialize_unit()
}

/// Says whether a pool has started this process.
pub(crate) fn is_worker() -> bool {
    std::env::args().nth(1).is_some_and(|role| role == "process-pool-worker")
}
