//! What the variants do not assert by themselves: contracts of the types, exact counts of schedules
//! and executions, the command line.

mod after_fork;
mod command_line;
mod counts;
mod once_cell;
mod promises;
mod readme;
