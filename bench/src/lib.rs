//! What the benches share, and what makes a ranking of their results. The benches themselves are in `bench/benches`.
//!
//! A bench begins with [`main!`], which records what the run is [of](run::Run); where Python is among its contenders, it asks
//! [`Python`](python::Python). `cargo run -p bench` then [reads](results) what criterion has written, [ranks](ranking) the contenders of each
//! workload and compares what the topics have [aimed](aims) at.

pub mod aims;
pub mod figures;
pub mod python;
pub mod ranking;
pub mod results;
pub mod run;

pub use run::record;

/// Makes a bench's `main` of its groups, as criterion's own macro does, and records the run.
#[macro_export]
macro_rules! main {
    ($($group:path),+) => {
        fn main() {
            $crate::record(env!("CARGO_CRATE_NAME"));
            $($group();)+
            ::criterion::Criterion::default().configure_from_args().final_summary();
        }
    };
}
