//! Every claim of the topic `thread-pool`, as a test with a sentence for a name.

mod channel;
mod command_line;
mod contract;
mod readme;
mod stealing;
mod stress;
mod task_orderings;
mod unbounded;
