//! What lessons are written with, once for all topics.
//!
//! A topic's library depends on this crate and on no other of the workspace. [`python`] starts the
//! interpreter that a lesson is compared with; [`model`](mod@model) is what a lesson is compiled
//! against for the model checker, which the feature `explore` brings; [`sync_point`] widens the
//! window that a lesson is about; [`child`] starts this program once more as a lesson's child, and
//! owns it until its end; [`deadline`] has waits that give up in time; [`inherited`] sets back what
//! a parent has ignored, blocked or masked, and [`signals`] sets dispositions. [`real::lane`] and
//! [`model::lane`], one file on two kinds of threads, start threads under a name, and show which
//! locks they wait for and hold; [`process_lane`] shows what a process does. [`cell`] is an
//! `UnsafeCell` as Loom has it.

pub mod cell;
pub mod child;
pub mod deadline;
pub mod inherited;
#[cfg(feature = "explore")]
pub mod model;
#[cfg(not(feature = "explore"))]
#[path = "model_on_std.rs"]
pub mod model;
pub mod process_lane;
pub mod python;
/// What is compiled on std here, and on the model checker's types in [`model`](mod@model).
#[path = ""]
pub mod real {
    use std::{hint, sync, thread};

    pub mod lane;
}
pub mod signals;
pub mod sync_point;
