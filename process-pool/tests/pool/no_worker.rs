//! Pools that have no worker, or come to have none; and what a builder refuses.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use process_pool::{Builder, Context, Error, Pool, Task};
use serde::{Deserialize, Serialize};

use crate::job::{Death, Job, is_worker};
use crate::{built, fail};

/// Names, in the environment, the program that makes its pool before it calls `enter`.
pub(crate) const FORGETS: &str = "PROCESS_POOL_FORGETS";

fn builder(workers: usize) -> Builder {
    Builder::new().workers(workers)
}

claims! {
    fn a_program_that_is_no_worker_is_an_error_of_the_pool() {
        let programs = [("/no/such/program", "cannot be started"), ("/bin/true", "::enter")];
        for (program, reason) in programs {
            let built = builder(2).program(program).build::<Job>();
            let Err(Error::NoWorker(why)) = built else { panic!("{built:?}") };
            assert!(why.contains(reason), "{why}");
        }
    }

    fn a_pool_that_can_have_no_worker_any_more_tells_all_handles_that_wait_or_come() {
        let link = format!("worker-{}", std::process::id());
        let link = Path::new(env!("CARGO_TARGET_TMPDIR")).join(link);
        let program = std::env::current_exe().expect("there is a /proc");
        symlink(program, &link).expect("there is room for a link");
        let pool = built(builder(1).program(&link));
        std::fs::remove_file(&link).expect("it was made");
        assert!(matches!(fail(&pool, Job::Die(Death::Kill)), Error::Died { .. }));
        let outcomes = pool.map((0..10).map(Job::Echo));
        for outcome in outcomes.into_iter().chain([pool.submit(Job::Echo(1)).wait()]) {
            let Err(Error::NoWorker(why)) = outcome else { panic!("{outcome:?}") };
            assert!(why.contains("cannot be started"), "{why}");
        }
    }

    fn a_worker_whose_tasks_are_of_another_type_is_an_error_of_the_pool() {
        let built = builder(1).build::<Other>();
        let Err(Error::NoWorker(why)) = built else { panic!("{built:?}") };
        assert!(why.contains("before it was ready"), "{why}");
    }

    fn a_program_that_forgets_to_enter_is_told_so_and_its_worker_makes_no_pool() {
        let program = std::env::current_exe().expect("there is a /proc");
        let output = Command::new(program).env(FORGETS, "").output().expect("this is the program");
        let errors = String::from_utf8_lossy(&output.stderr);
        let of_worker = "worker: this process is a pool's worker, and makes a pool before it has";
        let of_caller =
            "ended before it was a worker (exit status: 0): is process_pool::enter the first";
        assert!(errors.contains(of_worker) && errors.contains(of_caller), "{errors}");
    }

    fn a_pool_of_nothing_or_of_more_than_any_system_starts_is_refused() {
        let most = builder(usize::MAX);
        for builder in [builder(0), builder(1).chunk(0), builder(1).retire_after(0), most] {
            assert!(matches!(builder.build::<Job>(), Err(Error::Refused(_))));
        }
    }
}

/// What the program does that forgets.
pub(crate) fn forgets() {
    // Were a worker allowed to make a pool, its workers would make pools too, without end.
    let builder = if is_worker() { builder(1).program("/bin/true") } else { builder(1) };
    let built: Result<Pool<Job>, _> = builder.build();
    let error = built.expect_err("its workers do not enter");
    eprintln!("{}: {error}", if is_worker() { "worker" } else { "caller" });
}

/// A task that this program does not know.
#[derive(Serialize, Deserialize)]
struct Other;

impl Task for Other {
    type Output = ();
    fn run(self, _: &Context) {}
}
