//! What a process has that a thread has not, and how it is started. The topic's page is its
//! `README.md`.
//!
//! Reading order: [`child`], what all lessons start and never leave behind; [`spawn_and_wait`];
//! then whatever you like. Where a parent ends before its child, the two live in a [`house`].

pub mod child;
pub mod copy_on_write;
pub mod cpus;
pub mod daemon;
mod deadline;
pub mod fork_with_threads;
pub mod house;
pub mod inherited_files;
pub mod isolation;
pub mod limits;
pub mod names;
pub mod orphan;
mod parts;
pub mod pipeline;
pub mod proc;
pub mod role;
pub mod signals;
pub mod spawn_and_wait;
pub mod start;
pub mod threads;
pub mod worker;
pub mod zombie;

/// The README's Rust blocks, if it has any, are run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
