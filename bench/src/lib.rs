//! What the benches share, and what makes a ranking of their results. The benches themselves are in
//! `bench/benches`.
//!
//! A bench begins with [`main!`], which records what the run is [of](run::Run); where Python is
//! among its contenders, it asks [`Pythons`](python::Pythons). `cargo run -p bench` then
//! [reads](results) what criterion has written, [ranks](ranking) the contenders of each workload
//! and compares what the topics have [aimed](aims) at. The bench `scale` has no criterion: what it
//! measures are [curves](curve), over [numbers of threads](threads) that its reader chooses.

pub mod aims;
pub mod curve;
pub mod figures;
pub mod python;
pub mod ranking;
pub mod results;
pub mod run;
pub mod threads;
pub mod work;

pub use run::{listing, record};

/// Makes a bench's `main` of functions that take a `&mut Criterion`: [`run!`] and nothing else.
#[macro_export]
macro_rules! main {
    ($($function:path),+) => {
        fn main() {
            $crate::run!($($function),+);
        }
    };
}

/// Records the run and times what these functions have to time, as criterion's own `main` does but
/// for this: criterion draws 100 000 resamples of each contender's samples, for intervals that
/// nobody here looks at, which takes half as long as the benches themselves.
#[macro_export]
macro_rules! run {
    ($($function:path),+) => {
        $crate::record(env!("CARGO_CRATE_NAME"));
        let mut criterion = ::criterion::Criterion::default().nresamples(2_000).configure_from_args();
        $($function(&mut criterion);)+
        criterion.final_summary();
    };
}
