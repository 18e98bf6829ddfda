//! Every claim of the topic `locks`, as a test with a sentence for a name.

mod back_off;
mod command_line;
mod readme;
mod schedules;
mod spin;
mod spin_lock;
mod spin_lock_orderings;
mod word;
