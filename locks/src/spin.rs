//! Two threads add to one value, each under a lock that is waited for by spinning.
//!
//! The two forms differ in how a thread that finds the lock free takes it: by one instruction that
//! tests and sets, or by a test and a set. In both, two threads try it once, at the same moment.
//! The model checker runs that too, under every schedule. The lock that holds is then waited for,
//! which a model cannot follow to its end: there is a schedule for every number of looks in vain.
//! Loom, which knows when a look can bring nothing new, checks the waiting in the tests.

use std::time::Duration;

use tracing::info_span;

use super::inside::{Done, Inside};
use super::{lane, primitives, sync};
use crate::Cues;

pub mod one_step;
pub mod two_steps;
