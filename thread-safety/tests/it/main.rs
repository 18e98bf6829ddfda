//! Every claim of the topic `thread-safety`, as a test with a sentence for a name.

#[macro_use]
mod loomed;

mod aba;
mod check_then_act;
mod command_line;
mod compiler;
mod false_sharing;
mod litmus;
mod lost_update;
mod mends;
mod operations;
mod orderings;
mod promises;
mod publication;
mod python;
mod readme;
mod schedules;
mod screens;
mod seq_lock_orderings;
mod stack_orderings;
mod torn_read;
