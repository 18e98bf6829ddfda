#![doc = include_str!("../README.md")]
//!
//! A function that starts a child process, whose `program` is this topic's binary, fails if that
//! cannot be started, fails itself, takes longer than its [deadline](kit::child::DEADLINE) or
//! writes what it should not.
//!
//! A lesson whose interleavings matter is one file, compiled twice: in [`real`] its `super::sync` and
//! `super::thread` are std's, in `model` they are the model checker's. An empty path in
//! `#[path = ""]` leaves the module's files where they are, beside this one.

/// The lessons on real threads.
#[path = ""]
pub mod real {
    use std::{sync, thread};

    pub mod gil;
    pub mod join;
    pub mod lane;
    pub mod park;
    pub mod worker;
}

/// The same files, compiled a second time: on the model checker's threads.
#[doc(hidden)]
#[path = ""]
pub mod model {
    use kit::model::{sync, thread};

    pub mod gil;
    pub mod join;
    pub mod lane;
    pub mod park;
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
pub mod python;
pub mod registers;
pub mod scope;
pub mod shared_page;
pub mod spawn;
pub mod states;
pub mod system_call;
pub mod together;
pub mod triple_loop;
pub mod versus_process;
