#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # Where to read
//!
//! | lesson | module | question |
//! | --- | --- | --- |
//! | spawn-and-wait | [`spawn_and_wait`] | How did a child end, and what did it write? |
//! | fork, spawn, fork-server | [`start`] | Where does a child get its memory from? |
//! | fork-count | [`fork_count`] | How many processes do some forks make, and how many lines? |
//! | fork-with-threads | [`fork_with_threads`] | Which locks does a forked child find held? |
//! | copy-on-write | [`copy_on_write`] | Which memory does a fork copy, and when? |
//! | inherited-files | [`inherited_files`] | Which open files does a child have? |
//! | zombie | [`zombie`] | What is left of a child that is not waited for? |
//! | orphan | [`orphan`], [`subreaper`] | Which process waits for a child that has lost its parent? |
//! | daemon | [`daemon`] | What becomes of a child when its parent is killed? |
//! | daemonize | [`daemonize`] | What survives when its terminal is closed? |
//! | signals | [`signals`] | How is a process asked to stop, and made to? |
//! | isolation | [`isolation`] | What does a crash take with it? |
//! | limits | [`limits`] | What happens at a limit on memory, time or files? |
//! | pipeline | [`pipeline`] | When does a pipe end? |
//! | names | [`names`] | What is a process called, and by whom? |
//! | threads | [`threads`] | How many threads does a process have? |
//! | worker | [`worker`] | What does a "process class" share with its object? |
//! | cpus | [`cpus`] | How many processors may a process use? |
//!
//! All lessons show a process as [`procfs`] does, and its end as an [`exit::Exit`]. A lesson's child
//! is this program once more, started at an entry that the lesson has as its `CHILD` or `CHILDREN`:
//! `program` is this topic's binary. Each function of a lesson fails if the program cannot be started,
//! or with [`TimedOut`](std::io::ErrorKind::TimedOut) if a process takes longer than its
//! [deadline](kit::child::DEADLINE), and leaves no process behind.

pub mod exit;
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
