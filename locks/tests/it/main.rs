//! Every claim of the topic `locks`, as a test with a sentence for a name.

mod back_off;
mod command_line;
mod loom_word;
mod loomed;
mod readme;
mod rwlock_orderings;
mod schedules;
mod spin;
mod spin_lock;
mod spin_lock_orderings;
mod waiting_orderings;
mod word;
