//! What the topic `thread-pool` promises, as tests with a sentence for a name; what a variant asserts
//! is a test in `tests/variants.rs`.

mod command_line;
mod contract;
mod job;
mod join;
mod lessons;
mod readme;
mod stealing;
mod stealing_orderings;
mod stealing_schedules;
mod stress;
mod task_orderings;
