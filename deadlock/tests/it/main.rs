//! The claims of the topic `deadlock` that no variant asserts by itself.

mod banker;
mod broken;
mod checked_mutex;
mod command_line;
mod end_of_a_run;
mod fixed;
mod ordered_mutex;
mod promises;
mod readme;
mod schedules;
