//! Every claim of the topic `thread-pool`, as a test with a sentence for a name.

mod back_pressure;
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
mod sizing;
mod stealing;
mod tasks;
mod unbounded;
