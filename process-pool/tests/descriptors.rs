//! A process that has no descriptor left, which large messages need: in a process of its own, whose
//! limit is low.

use std::fs::File;

use process_pool::job::Job;
use process_pool::{Builder, Handle, Pool};
use rustix::process::{Resource, Rlimit, setrlimit};

/// More than a channel takes at once.
const LARGE: usize = 1 << 20;

checks::within_a_minute! {
    #[test]
    fn without_a_descriptor_left_large_tasks_are_done_as_well_as_small_ones() {
        let builder = Builder::new().workers(1).program(env!("CARGO_BIN_EXE_process-pool"));
        let pool: Pool<Job> = builder.build().expect("the binary was built");
        let large = || Job::Length("x".repeat(LARGE));
        assert!(pool.submit(large()).wait().is_ok());
        setrlimit(Resource::Nofile, Rlimit { current: Some(100), maximum: Some(100) }).expect("it is less than before");
        let taken: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        assert!(!taken.is_empty());
        let handles = pool.submit_all([Job::Echo(1), large(), Job::Echo(2)]);
        assert!(handles.into_iter().map(Handle::wait).all(|outcome| outcome.is_ok()));
        drop(taken);
        assert!(pool.submit(large()).wait().is_ok());
    }
}
