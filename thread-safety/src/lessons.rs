//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to
//! come out.

mod cache_lines;
mod check_then_act;
mod compiler;
mod interrupted;
mod litmus;
mod lost_update;
mod operations;
mod publication;

pub(crate) use cache_lines::false_sharing;
pub(crate) use check_then_act::check_then_act;
pub(crate) use compiler::compiler;
pub(crate) use interrupted::{aba, torn_read};
pub(crate) use litmus::litmus;
pub(crate) use lost_update::lost_update;
pub(crate) use operations::operations;
pub(crate) use publication::publication;
