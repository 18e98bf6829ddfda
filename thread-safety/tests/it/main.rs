//! Every claim of the topic `thread-safety`, as a test with a sentence for a name.

mod check_then_act;
mod command_line;
mod lost_update;
mod mends;
mod python;
mod readme;
mod schedules;
