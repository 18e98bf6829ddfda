//! Every claim of the topic `thread-pool`, as a test with a sentence for a name.

mod back_pressure;
mod claim;
mod command_line;
mod contract;
mod ends;
mod join;
mod nested;
mod promises;
mod python;
mod readme;
mod sizing;
mod skew;
mod stealing;
mod stealing_orderings;
mod stealing_schedules;
mod stress;
mod task_orderings;
mod tasks;
mod unbounded;
