//! What the variants do not show by being run: the primitives' contracts, exact counts of
//! schedules, memory orderings under Loom, the command line, and what the README says.

mod back_off;
mod barriers;
mod command_line;
mod condvars;
mod fairness;
mod futex_calls;
mod loomed;
mod mutex_orderings;
mod mutexes;
mod peterson_orderings;
mod priority_inversion;
mod promises;
mod readme;
mod reentrant;
mod rwlock_orderings;
mod rwlocks;
mod schedules;
mod semaphores;
mod signal_loops;
mod signals;
mod timed_mutexes;
mod waiting_orderings;
mod weakened_lines;
mod word;
