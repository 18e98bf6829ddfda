//! Every claim of the topic `deadlock`, as a test with a sentence for a name.

mod banker;
mod broken;
mod checked_mutex;
mod command_line;
mod end_of_a_run;
mod mended;
mod ordered_mutex;
mod promises;
mod python;
mod readme;
mod schedules;
mod shared_options;
