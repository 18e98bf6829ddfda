//! The parts that this program plays, once more started, in the lessons on how processes are started.
//!
//! Most are parents: a process that forks has to have one thread, and a lesson's has several. So the lesson's parent is a child
//! itself, with no thread but the one that `main` began on.

use std::io;
use std::path::PathBuf;
use std::process::exit;

use nix::unistd::alarm;
use rustix::process::{Pid, Signal, getpid, getppid, kill_process};
use serde::{Deserialize, Serialize};

use crate::child::DEADLINE;
use crate::start::{self, Method};
use crate::{copy_on_write, inherited_files};

/// Says what one that is started does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Starts a child by a method, hands it its list or an empty one, and waits for it.
    Parent {
        /// How.
        method: Method,
        /// Whether the list is handed over.
        hands_over: bool,
    },
    /// Forks, and returns twice.
    BothReturn,
    /// Forks, and returns once.
    OneExits,
    /// Reads a job from standard input, and does it.
    Job,
    /// Is the template of a fork server, which is at the other end of standard input.
    Template,
    /// Starts children, and says how long that takes.
    Stopwatch {
        /// With so much memory of its own written to.
        mib: usize,
    },
    /// Forks with much memory of its own, and looks at it.
    Memory(copy_on_write::Writes),
    /// Opens a file, starts a child, and looks at what both have open.
    Files(inherited_files::Way),
    /// Says what it has open.
    List,
}

impl Part {
    pub(crate) fn play(self) -> io::Result<()> {
        self.begin().inspect_err(|error| eprintln!("processes: {error}"))
    }

    fn begin(self) -> io::Result<()> {
        if self != Self::Template {
            bounded();
        }
        match self {
            Self::Parent { method, hands_over } => start::parent(method, &program()?, hands_over),
            Self::BothReturn => start::both_return(),
            Self::OneExits => start::one_exits(),
            Self::Job => exit(start::job()?),
            Self::Template => start::serve(),
            Self::Stopwatch { mib } => start::answer_the_stopwatch(&program()?, mib),
            Self::Memory(writes) => start::say(&copy_on_write::play(writes)?),
            Self::Files(way) => start::say(&inherited_files::play(&program()?, way)?),
            Self::List => start::say(&inherited_files::open_files()?),
        }
    }
}

/// Gives this process a time to live, and lets it end with the thread that started it, where the system can. It does nothing but what a
/// signal handler may, so a forked child may call it.
pub(crate) fn bounded() {
    // A forked child has none of its parent's alarms; a program that is executed keeps its own.
    alarm::set(u32::try_from(DEADLINE.as_secs()).unwrap_or(u32::MAX));
    #[cfg(target_os = "linux")]
    // It fails only for a signal that does not exist.
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
}

/// Does the same in a child that knows its parent, who may be gone by now: then nobody would send the signal any more.
pub(crate) fn bounded_by(parent: Pid) {
    bounded();
    if getppid() != Some(parent) {
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

/// Names the file of this program: on Linux the link to what really runs, whatever a build does to the file meanwhile.
fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}
