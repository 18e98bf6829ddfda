//! Pools that come to have no worker.

use std::os::unix::fs::symlink;
use std::path::Path;

use process_pool::job::{Death, Job};
use process_pool::{Builder, Context, Error, Pool, Task};
use serde::{Deserialize, Serialize};

use crate::{builder, program};

checks::within_a_minute! {
    #[test]
    fn a_program_that_is_no_worker_is_an_error_of_the_pool() {
        for (program, said) in [("/no/such/program", "cannot be started"), ("/bin/true", "process_pool::enter")] {
            let error = Builder::new().workers(2).program(program).build::<Job>().expect_err("there is none");
            let Error::NoWorker(why) = error else { panic!("{error}") };
            assert!(why.contains(said), "{why}");
        }
    }

    #[test]
    fn a_pool_that_can_have_no_worker_any_more_tells_all_who_wait_and_all_who_come() {
        let link = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("worker-{}", std::process::id()));
        symlink(program(), &link).expect("there is room for a link");
        let pool: Pool<Job> = builder(1).program(&link).build().expect("the binary was built");
        std::fs::remove_file(&link).expect("it was made");
        assert!(matches!(pool.submit(Job::Die(Death::Kill)).wait(), Err(Error::Died { .. })));
        let no_worker = |outcome| matches!(outcome, Err(Error::NoWorker(why)) if why.contains("cannot be started"));
        assert!(pool.map((0..10).map(Job::Echo)).into_iter().all(no_worker));
        assert!(no_worker(pool.submit(Job::Echo(1)).wait()));
    }

    #[test]
    fn a_worker_whose_tasks_are_of_another_type_is_an_error_of_the_pool() {
        let Err(Error::NoWorker(why)) = builder(1).build::<Other>() else { panic!("it was built") };
        assert!(why.contains("before it was ready"), "{why}");
    }
}

/// What the topic's binary does not know.
#[derive(Serialize, Deserialize)]
struct Other;

impl Task for Other {
    type Output = ();
    fn run(self, _: &Context) {}
}
