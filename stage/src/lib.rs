//! What the topics' binaries share: the command line, the terminal, lanes, traces, schedules, and
//! the child that a hanging lesson runs in.
//!
//! A topic's library knows nothing of this crate. It returns what happened and emits [`tracing`]
//! spans; stage turns these into lanes (drawn by [`Lanes`]), into a file for Perfetto, and, when
//! the same source is compiled against Shuttle, into the steps of a schedule ([`explore`]). Reading
//! order: [`record`] says which spans mean what, [`Lesson`] how a topic describes its lessons,
//! [`main`] how they are run.
//!
//! The feature `explore` brings the model checker, and the lenses that look through it. Without it
//! a variant's model is known and not kept, and Cargo builds a binary with it when a lens is asked for.
#![cfg_attr(
    not(feature = "explore"),
    allow(dead_code, reason = "the lenses of the feature `explore` read it")
)]

mod cards;
mod child;
mod chosen;
mod cli;
#[cfg(feature = "explore")]
mod explore;
#[cfg(not(feature = "explore"))]
#[path = "explore/absent.rs"]
mod explore;
mod lanes;
mod left_behind;
mod lesson;
mod mutant;
mod options;
#[cfg(feature = "explore")]
mod page;
mod panics;
#[cfg(feature = "explore")]
mod play;
mod procfs;
mod progress;
#[cfg(feature = "explore")]
mod quiz;
pub mod record;
mod recording;
mod report;
#[cfg(feature = "explore")]
mod schedules;
mod shortage;
mod show;
#[cfg(feature = "explore")]
mod silence;
mod source;
mod terminal;
mod trace;
mod typed;
mod wait_for;
mod whole_file;

pub use cards::{FlashCard, cards};
pub use child::{End, Seen, VARIANT, watch};
pub use cli::{help_screen, main, refusal};
#[cfg(feature = "explore")]
pub use explore::{Bound, Count, Ends, Explored, Failing, Outcome, Step, Why, explore, replay};
pub use explore::{Model, model, outcomes};
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
