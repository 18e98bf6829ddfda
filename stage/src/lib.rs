//! What the topics' binaries share: the command line, the terminal, lanes, traces, schedules, and
//! the child that a hanging lesson runs in.
//!
//! A topic's library knows nothing of this crate. It returns what happened and emits [`tracing`]
//! spans; stage turns these into lanes (drawn by [`Lanes`]), into a file for Perfetto, and, when
//! the same source is compiled against Shuttle, into the steps of a schedule ([`explore`]). Reading
//! order: [`record`] says which spans mean what, [`Lesson`] how a topic describes its lessons,
//! [`main`] how they are run.

mod cards;
mod child;
mod chosen;
mod cli;
mod explore;
mod lanes;
mod lesson;
mod mutant;
mod options;
mod page;
mod panics;
mod play;
mod procfs;
mod progress;
mod quiz;
pub mod record;
mod recording;
mod report;
mod schedules;
mod shortage;
mod show;
mod silence;
mod source;
mod terminal;
mod trace;
mod wait_for;

pub use cards::{FlashCard, cards};
pub use child::{End, Seen, VARIANT, watch};
pub use cli::{main, refusal};
pub use explore::{
    Bound, Count, Ends, Explored, Failing, Model, Outcome, Step, Why, explore, model, outcomes,
    replay,
};
pub use lanes::Lanes;
pub use lesson::{Lesson, Variant};
pub use mutant::Mutant;
pub use options::Options;
pub use procfs::{Thread, threads};
pub use recording::{Recording, Run};
pub use report::{Checked, Report, expect};
pub use terminal::{Line, Style, Terminal, duration, grouped};
pub use trace::Trace;
pub use wait_for::{Wait, WaitCycle};
