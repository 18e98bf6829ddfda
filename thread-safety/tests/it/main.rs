//! What the variants do not assert by themselves: contracts of the types, exact counts of schedules
//! and executions and the command line.

mod aba;
mod check_then_act;
mod command_line;
mod compiler;
mod false_sharing;
mod litmus;
mod lost_update;
mod operations;
mod promises;
mod publication;
mod readme;
mod torn_read;
mod weakened;
mod weakened_lines;
