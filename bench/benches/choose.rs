//! Which should I use? "CPU-bound: processes; I/O-bound: threads" is what the books on Python say;
//! this asks it of everybody.
//!
//! `choose/cpu-bound`: 16 jobs that count the primes in a sixteenth of the numbers below 150 000
//! each, by dividing.
//!
//! `choose/io-bound`: 50 jobs that wait 2 ms each, and compute nothing: an answer from afar, of
//! which nobody knows more than that it takes its time. Threads sleep; tasks await a timer.
//!
//! `choose/mixed`: 40 jobs that wait 2 ms and then count the primes in their part of the numbers
//! below 250 000: to wait takes 80 ms in all, to compute about 20, on one core.
//!
//! Timed is all of a workload, until the results of its jobs are added up. Every contender does the
//! same jobs by the same function, and what comes of them is checked in every round; Python's do
//! the same in Python, in one interpreter that times itself. Compare Python's contenders with each
//! other first: what a loop costs there is a matter of the language.
//!
//! Like is compared with like: there are as many processes as threads, 2 (a core each), 20, or one
//! for each job, and pools of 2 and 20 of both. Pools and runtimes are started before anything is
//! timed, for they stay; threads and processes that are started for a workload are started within
//! the time, for that is what they cost. A process is this program once more. tokio's two threads do
//! as its documentation says, and put what computes on `spawn_blocking`; its one thread, and our
//! executor's, compute where they are. tokio's timers are of a millisecond: they may end as much
//! later.

use std::ops::Range;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use bench::python::Pythons;
use coroutines::executor::{self, Executor};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use process_pool::{Context, Task};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use thread_pool::{Builder, Pool, StealingPool};
use tokio::runtime::{self, Runtime};
use tokio::task::JoinHandle;

const WAIT: Duration = Duration::from_millis(2);

/// Names the variable by which a process of the workload knows what to do.
const CHILD: &str = "CHOOSE_CHILD";

#[derive(Clone, Copy)]
struct Workload {
    name: &'static str,
    jobs: u32,
    waits: bool,
    /// All jobs together look for the primes below this.
    below: u32,
}

const WORKLOADS: [Workload; 3] = [
    Workload { name: "cpu-bound", jobs: 16, waits: false, below: 150_000 },
    Workload { name: "io-bound", jobs: 50, waits: true, below: 0 },
    Workload { name: "mixed", jobs: 40, waits: true, below: 250_000 },
];

/// A job for the pool of processes: which workload's, and which one.
#[derive(Serialize, Deserialize)]
struct Job(String, u32);

impl Task for Job {
    type Output = u32;

    fn run(self, _: &Context) -> u32 {
        let Self(workload, job) = self;
        Workload::named(&workload).expect("it is of this program").work(job)
    }
}

fn primes(numbers: Range<u32>) -> u32 {
    let is_prime = |number: &u32| {
        let mut divisor = 3;
        while divisor * divisor <= *number && !number.is_multiple_of(divisor) {
            divisor += 2;
        }
        *number == 2 || (*number > 2 && !number.is_multiple_of(2) && divisor * divisor > *number)
    };
    numbers.filter(is_prime).count() as u32
}

impl Workload {
    fn named(name: &str) -> Option<Self> {
        WORKLOADS.into_iter().find(|workload| workload.name == name)
    }

    fn share(self, job: u32) -> Range<u32> {
        self.below * job / self.jobs..self.below * (job + 1) / self.jobs
    }

    /// Does a job, on a thread that it may keep waiting.
    fn work(self, job: u32) -> u32 {
        if self.waits {
            thread::sleep(WAIT);
        }
        primes(self.share(job))
    }

    /// Does each `of`th job.
    fn part(self, first: u32, of: u32) -> u32 {
        (first..self.jobs).step_by(of as usize).map(|job| self.work(job)).sum()
    }

    fn threads(self, count: u32) -> u32 {
        thread::scope(|scope| {
            let start = |first| scope.spawn(move || self.part(first, count));
            let threads: Vec<_> = (0..count).map(start).collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
        })
    }

    fn pool(self, pool: &StealingPool) -> u32 {
        let submit = |job| {
            pool.submit(move || self.work(job)).expect("it has no bound, and is not shut down")
        };
        let handles: Vec<_> = (0..self.jobs).map(submit).collect();
        handles.into_iter().map(|handle| handle.wait().expect("it does not panic")).sum()
    }

    fn rayon(self, pool: &rayon::ThreadPool) -> u32 {
        pool.install(|| (0..self.jobs).into_par_iter().map(|job| self.work(job)).sum())
    }

    fn processes(self, count: u32) -> u32 {
        let children: Vec<_> = (0..count).map(|first| self.child(first, count)).collect();
        let ended = |child: Child| {
            let output = child.wait_with_output().expect("its output is piped");
            let said = String::from_utf8_lossy(&output.stdout);
            said.parse::<u32>().expect("a child says what it found")
        };
        children.into_iter().map(ended).sum()
    }

    fn child(self, first: u32, of: u32) -> Child {
        let mut command = Command::new(std::env::current_exe().expect("it has a name"));
        command.env(CHILD, format!("{} {first} {of}", self.name));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.spawn().expect("it is this program")
    }

    fn process_pool(self, pool: &process_pool::Pool<Job>) -> u32 {
        let jobs = (0..self.jobs).map(|job| Job(self.name.into(), job));
        pool.map(jobs).into_iter().map(|outcome| outcome.expect("nobody dies")).sum()
    }

    fn coroutines(self, executor: &Executor) -> u32 {
        let coroutine = move |job| async move {
            if self.waits {
                executor::sleep(WAIT).await;
            }
            primes(self.share(job))
        };
        executor.block_on(async {
            let handles: Vec<_> =
                (0..self.jobs).map(|job| executor::spawn(coroutine(job))).collect();
            let mut found = 0;
            for handle in handles {
                found += handle.await.expect("it does not panic");
            }
            found
        })
    }

    fn tasks(self, runtime: &Runtime, blocking: bool) -> u32 {
        let task = |job| async move {
            if self.waits {
                tokio::time::sleep(WAIT).await;
            }
            let share = self.share(job);
            if !blocking || share.is_empty() {
                return primes(share);
            }
            tokio::task::spawn_blocking(|| primes(share)).await.expect("it does not panic")
        };
        runtime.block_on(async {
            let tasks: Vec<JoinHandle<u32>> =
                (0..self.jobs).map(|job| tokio::spawn(task(job))).collect();
            let mut found = 0;
            for task in tasks {
                found += task.await.expect("it does not panic");
            }
            found
        })
    }
}

/// A pool of processes and one of threads, with as many workers.
struct Pools(process_pool::Pool<Job>, StealingPool);

impl Pools {
    fn start(workers: usize) -> Self {
        let processes = process_pool::Builder::new().workers(workers).build();
        let threads = Builder::new().workers(workers).build();
        Self(
            processes.expect("this program is its own workers"),
            threads.expect("there is room for the threads"),
        )
    }
}

/// Adds a contender, whose result is checked before anything is timed, and in every round.
fn contender(
    group: &mut BenchmarkGroup<'_, WallTime>,
    expected: u32,
    name: &str,
    run: impl Fn() -> u32,
) {
    assert!(bench::listing() || run() == expected, "{name}");
    group.bench_function(name, |bencher| bencher.iter(|| assert_eq!(run(), expected, "{name}")));
}

/// Python's contenders: what criterion calls them, and the script.
const PYTHON: [(&str, &str); 9] = [
    ("sequential", "sequential"),
    ("thread for each", "thread-for-each"),
    ("ThreadPoolExecutor(2)", "2-threads"),
    ("ThreadPoolExecutor(20)", "20-threads"),
    ("2 processes by fork", "2-processes"),
    ("20 processes by fork", "20-processes"),
    ("ProcessPoolExecutor(2) by fork", "process-pool"),
    ("asyncio", "asyncio"),
    ("asyncio and processes by fork", "asyncio-processes"),
];

/// Those of a Python of 3.14 or newer.
const PYTHON_3_14: [(&str, &str); 2] = [
    ("InterpreterPoolExecutor(2)", "interpreters"),
    ("ProcessPoolExecutor(2) by forkserver", "forkserver-pool"),
];

fn choose(criterion: &mut Criterion) {
    // Started before anything is timed.
    let (two, twenty, executor) = (Pools::start(2), Pools::start(20), Executor::new());
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("there is room");
    let one_thread = runtime::Builder::new_current_thread().enable_time().build();
    let one_thread = one_thread.expect("there is room for it");
    let mut two_threads = runtime::Builder::new_multi_thread();
    two_threads.worker_threads(2).max_blocking_threads(2);
    let two_threads = two_threads.enable_time().build().expect("there is room for it");
    let expected = WORKLOADS.map(|workload| primes(0..workload.below));
    let mut pythons = Pythons::start("choose", &expected.map(u64::from));
    for (workload, expected) in WORKLOADS.into_iter().zip(expected) {
        let mut group = criterion.benchmark_group(format!("choose/{}", workload.name));
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(400));
        let mut add = |name, run: &dyn Fn() -> u32| contender(&mut group, expected, name, run);
        add("sequential", &|| workload.part(0, 1));
        add("2 threads", &|| workload.threads(2));
        add("2 processes", &|| workload.processes(2));
        add("pool of 2 (ours)", &|| workload.pool(&two.1));
        add("process pool of 2 (ours)", &|| workload.process_pool(&two.0));
        add("rayon, 2", &|| workload.rayon(&rayon));
        add("coroutines (ours)", &|| workload.coroutines(&executor));
        add("tokio, one thread", &|| workload.tasks(&one_thread, false));
        add("tokio, 2 threads", &|| workload.tasks(&two_threads, true));
        add("thread for each", &|| workload.threads(workload.jobs));
        add("process for each", &|| workload.processes(workload.jobs));
        if workload.waits {
            add("20 threads", &|| workload.threads(20));
            add("20 processes", &|| workload.processes(20));
            add("pool of 20 (ours)", &|| workload.pool(&twenty.1));
            add("process pool of 20 (ours)", &|| workload.process_pool(&twenty.0));
        }
        pythons.each(|python| {
            let newer = PYTHON_3_14.iter().filter(|_| python.interpreter().has_interpreters);
            let contenders: Vec<_> = PYTHON.iter().chain(newer).collect();
            for (name, asked) in contenders {
                // The script has checked what it found before it answers.
                let line = format!("{} {asked}", workload.name);
                group.bench_function(format!("{}, {name}", python.name()), |bencher| {
                    bencher.iter_custom(|times| (0..times).map(|_| python.time(&line)).sum());
                });
            }
        });
        group.finish();
    }
}

/// Does a process's share, if this is one.
fn child() -> Option<u32> {
    let asked = std::env::var(CHILD).ok()?;
    let [name, first, of] = asked.split(' ').collect::<Vec<_>>().try_into().ok()?;
    Some(Workload::named(name)?.part(first.parse().ok()?, of.parse().ok()?))
}

fn main() {
    // Started by the pool, this is a worker in it.
    process_pool::enter::<Job>();
    if let Some(found) = child() {
        return print!("{found}");
    }
    bench::run!(choose);
}
