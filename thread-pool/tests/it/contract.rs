//! What every pool promises, asked of each of them: the same tests, made once for each pool.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use thread_pool::{Builder, Handle, Job, Pool};

mod ends;
mod handles;
mod panics;
mod promises;
mod queues;
mod scopes;
mod waits;
mod workers;

/// Makes a test of each function, for each pool; none may hang.
macro_rules! every_pool {
    ($($name:ident),* $(,)?) => {
        super::on_pools! {
            [channel_pool ChannelPool, rayon_pool RayonPool, stealing_pool StealingPool] $($name)*
        }
    };
}
use every_pool;

/// The same for the pools whose workers run other jobs while they wait.
macro_rules! every_pool_that_helps {
    ($($name:ident),* $(,)?) => {
        super::on_pools! { [rayon_pool RayonPool, stealing_pool StealingPool] $($name)* }
    };
}
use every_pool_that_helps;

macro_rules! on_pools {
    ([$module:ident $Pool:ident $(, $modules:ident $Pools:ident)*] $($name:ident)*) => {
        mod $module {
            checks::within_a_minute! {
                $(#[test] fn $name() { super::$name::<thread_pool::$Pool>() })*
            }
        }
        super::on_pools! { [$($modules $Pools),*] $($name)* }
    };
    ([] $($name:ident)*) => {};
}
use on_pools;

/// Makes a pool of `workers` workers, with an unbounded queue.
fn pool<P: Pool>(workers: usize) -> P {
    Builder::new().workers(workers).build().expect("the system has room for some threads")
}

/// Has the pool run something.
fn run(pool: &impl Pool, job: impl FnOnce() + Send + 'static) {
    pool.execute(Job::new(job)).expect("there is room, and it was not shut down");
}

fn submit<T: Send + 'static>(
    pool: &impl Pool,
    task: impl FnOnce() -> T + Send + 'static,
) -> Handle<T> {
    pool.submit(task).expect("there is room, and it was not shut down")
}

/// A value that panics with a word as it is dropped.
pub(crate) struct PanicsAtItsEnd(pub(crate) &'static str);

impl Drop for PanicsAtItsEnd {
    fn drop(&mut self) {
        resume_unwind(Box::new(self.0));
    }
}

/// Asserts that the pool's workers still run tasks.
fn lives(pool: &impl Pool) {
    assert!(matches!(submit(pool, || 7).wait(), Ok(7)), "the worker lives");
}

/// Builds a pool; what its panic handler is told comes out of the channel, until the pool is dropped.
fn reporting<P: Pool>(builder: Builder) -> (P, Receiver<Box<dyn Any + Send>>) {
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    let pool = builder.on_panic(move |payload| {
        tell.lock().expect("nobody panics").send(payload).expect("it is asked");
    });
    (pool.build().expect("the system has room for some threads"), told)
}

/// Shuts the pool down with its only worker kept by a job, so that what is queued stays queued.
fn shut_down_now(pool: &impl Pool, open: Sender<()>) -> Vec<Job> {
    thread::scope(|scope| {
        let back = scope.spawn(|| pool.shutdown_now());
        while pool.queued() > 0 {
            thread::yield_now();
        }
        drop(open);
        back.join().expect("it does not panic")
    })
}

/// Keeps a worker busy until the value returned is dropped. It has begun when this returns.
fn keep(pool: &impl Pool) -> Sender<()> {
    let (open, gate) = channel();
    let (begun, wait) = channel();
    run(pool, move || {
        begun.send(()).expect("it is waited for");
        // It ends when the other end is gone.
        let _ = gate.recv();
    });
    wait.recv().expect("a worker begins it");
    open
}

/// A count of the jobs that were run.
#[derive(Clone, Default)]
struct Runs(Arc<AtomicUsize>);

impl Runs {
    fn job(&self) -> impl FnOnce() + Send + 'static {
        let runs = self.clone();
        move || {
            runs.0.fetch_add(1, Relaxed);
        }
    }

    fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// Returns how many tasks, or what is like them, still hold it.
fn holders<T>(held: &Arc<T>) -> usize {
    Arc::strong_count(held) - 1
}
