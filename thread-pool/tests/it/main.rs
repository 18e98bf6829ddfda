//! Every claim of the topic `thread-pool`, as a test with a sentence for a name.

mod channel;
mod claim;
mod command_line;
mod contract;
mod ends;
mod python;
mod readme;
mod stealing;
mod stealing_orderings;
mod stress;
mod task_orderings;
mod tasks;
mod unbounded;
