//! Every claim of the topic `thread-pool`, as a test with a sentence for a name.

mod channel;
mod claim;
mod command_line;
mod contract;
mod readme;
mod stealing;
mod stealing_orderings;
mod task_orderings;
mod ends;
mod python;
mod readme;
mod stealing;
mod tasks;
mod unbounded;
