//! A thread that holds a lock takes it again, and gives it back once: is it free now?
//!
//! In both forms the lock knows whose it is, and lets that one in again. One of them counts how
//! often.

use std::time::Duration;

use super::inside::{Done, Inside};
use super::lane::{two, work};
use super::primitives;
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use crate::Cues;

pub mod counted;
pub mod uncounted;
