#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # The lessons, in reading order
//!
//! | lesson | source | question |
//! | --- | --- | --- |
//! | `self-lock` | [`real::self_lock`] | Is a mutex reentrant? |
//! | `lock-order` | [`real::lock_order`], [`timed`] | What do opposite orders do, and what helps? |
//! | `philosophers` | [`real::philosophers`] | Which strategies are there for a ring of locks? |
//! | `coffman` | [`real::coffman`] | Which four conditions does a deadlock need? |
//! | `banker` | [`real::banker`] | How is a deadlock avoided where the claims are known? |
//! | `detect` | [`real::detect`], `parking_lot_detector` | How is a deadlock found? |
//! | `recover` | [`real::recover`] | How is it undone? |
//! | `lock-graph` | [`lock_graph`] | How is one found that has not happened yet? |
//! | `upgrade` | [`real::upgrade`], [`rwlock`] | Why does `RwLock` have no upgrade? |
//! | `channels` | [`real::channels`] | Can channels deadlock? |
//! | `join-cycle` | [`real::join_cycle`] | Can joins? |
//! | `pool` | [`real::pool`] | Can a pool deadlock with its own tasks? |
//! | `async-guard` | [`async_guard`] | What does a lock do that is held across an await? |
//! | `livelock` | [`real::livelock`] | Can threads run for ever without progress? |
//! | `starvation` | [`starvation`] | Can all but one make progress? |
//!
//! [`kit::real::lane`] is what all lessons are made of. Two locks are libraries:
//! [`real::checked_mutex`] refuses a wait that would close a cycle, [`ordered_mutex`] an order that
//! contradicts another.
//!
//! A lesson whose interleavings matter is one file, compiled twice: in [`real`] its `super::sync` and
//! `super::thread` are std's, in `model` they are the model checker's. An empty path in
//! `#[path = ""]` leaves the module's files where they are, beside this one.

/// The lessons on real threads and std's locks.
#[path = ""]
pub mod real {
    use kit::real::lane;
    use std::{sync, thread, thread_local};

    pub mod banker;
    pub mod channels;
    pub mod checked_mutex;
    pub mod coffman;
    pub mod detect;
    pub mod join_cycle;
    pub mod livelock;
    pub mod lock_order;
    pub mod philosophers;
    pub mod pool;
    pub mod recover;
    pub mod self_lock;
    pub mod upgrade;
}

// The same files, compiled a second time: on the model checker's threads and locks.
kit::model! {
    use kit::model::{lane, sync, thread, thread_local};

    pub mod banker;
    pub mod channels;
    pub mod checked_mutex;
    pub mod coffman;
    pub mod detect;
    pub mod join_cycle;
    pub mod livelock;
    pub mod lock_order;
    pub mod philosophers;
    pub mod pool;
    pub mod recover;
    pub mod self_lock;
    pub mod upgrade;
}

pub mod async_guard;
pub mod lock_graph;
pub mod ordered_mutex;
#[cfg(feature = "parking-lot-detector")]
pub mod parking_lot_detector;
pub mod rwlock;
pub mod starvation;
pub mod timed;
