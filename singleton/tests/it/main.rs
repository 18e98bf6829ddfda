//! Every claim of the topic `singleton`, as a test with a sentence for a name.

mod after_fork;
mod broken;
mod command_line;
mod contract;
mod once_cell;
mod orderings;
mod panic;
mod per_thread;
mod plain;
mod promises;
mod python;
mod readme;
mod recursive;
mod schedules;
