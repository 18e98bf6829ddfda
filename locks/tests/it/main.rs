//! Every claim of the topic `locks`, as a test with a sentence for a name.

mod back_off;
mod barriers;
mod command_line;
mod condvars;
mod futex_calls;
mod inside_a_lock;
mod loom_word;
mod loomed;
mod mutex_orderings;
mod mutexes;
mod python_waiting;
mod readme;
mod rwlock_orderings;
mod rwlocks;
mod schedules;
mod semaphores;
mod shared_lessons;
mod shared_schedules;
mod signals;
mod spin;
mod timed_mutexes;
mod waiting_orderings;
mod word;
