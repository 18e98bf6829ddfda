//! Two threads draw a number at the same moment, in two steps and in one; and a line of them gets
//! in as it came.

pub mod one_step;
pub mod two_steps;

use super::{in_line, inside, lane, primitives, sync};
