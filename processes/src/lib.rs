#![doc = include_str!("../README.md")]
//!
//! All lessons show a process as [`procfs`] does, and its end as an [`exit::Exit`]. A lesson's child
//! is this program once more, started at an entry that the lesson's `CHILDREN` lists: `program` is
//! this topic's binary. Each function of a lesson fails if the program cannot be started, or with
//! [`TimedOut`](std::io::ErrorKind::TimedOut) if a process takes longer than its
//! [deadline](kit::child::DEADLINE), and leaves no process behind.

pub mod exit;
mod lane;
mod messages;
pub mod procfs;

pub mod spawn_and_wait;

pub mod start;

pub mod copy_on_write;
pub mod fork_count;
pub mod fork_with_threads;
pub mod inherited_files;

pub mod subreaper;

pub mod daemon;
pub mod daemonize;
pub mod isolation;
pub mod limits;
pub mod orphan;
pub mod pipeline;
pub mod signals;
pub mod zombie;

pub mod cpus;
pub mod names;
pub mod threads;
pub mod worker;
