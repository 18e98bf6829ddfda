//! Every claim of the topic `coroutines`, as a test with a sentence for a name.

mod at_once;
mod channel_foreign;
mod channel_order;
mod command_line;
mod cost;
mod echo;
mod executor;
mod executor_foreign;
mod executor_ours;
mod executor_together;
mod executor_waits;
mod future;
mod generator;
mod inbox_orderings;
mod lost;
mod one_thread;
mod promises;
mod python;
mod readme;
mod same_on_both;
mod tasks;
mod thread_kept;
