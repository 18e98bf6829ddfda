//! The lessons, the command line and the page of the topic `process-pool`.

mod command_line;
mod lessons;
mod outcome_orderings;
mod readme;
mod worker_orderings;
