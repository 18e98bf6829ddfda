//! A thread that holds a lock takes it again, and gives it back once: is it free now?
//!
//! In both forms the lock knows whose it is, and lets that one in again. One of them counts how often.

use std::time::Duration;

use super::lane::{pair, work};
use super::primitives;
use super::spin::{Done, Inside, Meeting};
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

pub mod counted;
pub mod uncounted;
