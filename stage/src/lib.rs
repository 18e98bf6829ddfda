//! What the topics' binaries share: the command line, the page, lanes, traces, schedules, and the
//! child that a hanging lesson runs in.
//!
//! A topic's library knows nothing of this crate. It returns what happened and emits [`tracing`]
//! spans; stage turns these into lanes (drawn by [`Lanes`]), into a file for Perfetto, and, when
//! the same source is compiled against Shuttle, into the steps of a schedule ([`explore`]). Reading
//! order: [`record`] says which spans mean what, [`Lesson`] how a topic describes its lessons,
//! [`main`] how they are run.

mod child;
mod cli;
mod explore;
mod lanes;
mod lesson;
mod memory;
mod options;
mod outside;
mod page;
mod panics;
mod progress;
mod quiet;
pub mod record;
mod schedules;
mod shortage;
mod show;
pub mod testing;
mod trace;
mod wait_for;

pub use child::{End, FORM, Seen, program, watch};
pub use cli::{Topic, main, refusal};
pub use explore::{
    Bound, Count, Ends, Explored, Failing, Model, Outcome, Step, Why, explore, model, outcomes,
    replay,
};
pub use lanes::Lanes;
pub use lesson::{Form, Lesson, Report, Shown, expect};
pub use memory::{Memory, Run};
pub use options::Options;
pub use outside::{Thread, threads};
pub use page::{Ink, Line, Page, duration, grouped};
pub use trace::Trace;
pub use wait_for::{Knot, Wait};
