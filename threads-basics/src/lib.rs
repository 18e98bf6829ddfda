#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # The lessons, in reading order
//!
//! | lesson | source | question |
//! | --- | --- | --- |
//! | `spawn` | [`spawn`] | Does the parent wait for a thread that it spawns? |
//! | `jobs` | [`jobs`], [`triple_loop`] | How are the results of several threads gathered? |
//! | `join` | [`real::join`] | What may be read before a join, and what after? |
//! | `names` | [`names`] | How is a thread found in a dump, and how large is its stack? |
//! | `worker` | [`real::worker`] | How is a thread stopped, and where does its panic go? |
//! | `scope` | [`scope`] | Why may a scoped thread borrow? |
//! | `local` | [`local`], [`registers`] | What does a thread have for itself? |
//! | `park` | [`real::park`], [`parker`] | What do `park` and `unpark` promise? |
//! | `daemon` | [`daemon`] | What becomes of a thread when main returns? |
//! | `versus-process` | [`versus_process`] | What do threads share, and processes not? |
//! | `gil` | [`real::gil`], [`real::references`], [`interpreters`] | What does one lock for all threads do? |
//! | `oversubscription` | [`oversubscription`], [`one_core`] | How many threads are too many? |
//! | `states` | [`states`], [`procfs`] | In which states can a thread be? |
//! | `system-call` | [`system_call`] | What does it cost to enter the kernel? |
//! | `context-switch` | [`context_switch`], [`baton`] | What does a context switch cost? |
//!
//! A function that starts a child process, whose `program` is this topic's binary, fails if that
//! cannot be started, fails itself, takes longer than its [deadline](kit::child::DEADLINE) or
//! writes what it should not.
//!
//! A lesson whose interleavings matter is one file, compiled twice: in [`real`] its `super::sync` and
//! `super::thread` are std's, in `model` they are the model checker's. An empty path in
//! `#[path = ""]` leaves the module's files where they are, beside this one.

use std::time::Duration;

/// How long a step lasts, so that a picture shows it.
pub const PACE: Duration = Duration::from_millis(10);

/// The lessons on real threads.
#[path = ""]
pub mod real {
    use kit::real::lane;
    use std::{sync, thread};

    pub mod gil;
    pub mod join;
    pub mod park;
    pub mod references;
    pub mod worker;
}

// The same files, compiled a second time: on the model checker's threads.
kit::model! {
    use kit::model::{lane, sync, thread};

    pub mod gil;
    pub mod join;
    pub mod park;
    pub mod references;
    pub mod worker;
}

pub mod baton;
pub mod bytecode;
pub mod context_switch;
pub mod cores;
pub mod daemon;
pub mod gauge;
pub mod interpreters;
pub mod jobs;
pub mod local;
pub mod names;
pub mod one_core;
pub mod oversubscription;
pub mod parker;
pub mod procfs;
pub mod registers;
pub mod scope;
pub mod shared_page;
pub mod spawn;
pub mod states;
pub mod system_call;
pub mod together;
pub mod triple_loop;
pub mod versus_process;
