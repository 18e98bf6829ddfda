//! Every claim of the topic `locks`, as a test with a sentence for a name.

mod back_off;
mod command_line;
mod convoy;
mod fairness;
mod mutex;
mod nested;
mod peterson;
mod peterson_orderings;
mod priority_inversion;
mod python;
mod readme;
mod schedules;
mod spin;
mod spin_lock;
mod spin_lock_orderings;
mod word;
