//! Every claim of the topic `locks`, as a test with a sentence for a name.

mod back_off;
mod command_line;
mod futex_calls;
mod inside_a_lock;
mod loom_word;
mod mutex_orderings;
mod mutexes;
mod readme;
mod schedules;
mod spin;
mod timed_mutexes;
mod word;
