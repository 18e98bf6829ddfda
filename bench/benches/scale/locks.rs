//! One lock, which all threads want.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use bench::curve::{Curve, Unit};
use bench::work::{steps, work};
use locks::real::primitives::{FutexMutex, McsLock, SpinLock, TicketLock};

use super::contend::{contend, round};
use super::{Plan, Round};

pub(super) const SHORT: &str = "scale/locks/short";
pub(super) const LONGER: &str = "scale/locks/25-100";

/// Adds 1 under a lock, with some work done inside.
trait Add: Sync + Default {
    /// Returns the sum.
    fn add(&self, inside: u32) -> u64;
}

macro_rules! mutex {
    ($($Lock:ty $(, $unwrap:ident)?);+) => {
        $(impl Add for Locked<$Lock> {
            #[inline]
            fn add(&self, inside: u32) -> u64 {
                let mut value = self.0.lock()$(.$unwrap())?;
                work(inside);
                *value += 1;
                *value
            }
        }

        impl Default for Locked<$Lock> {
            fn default() -> Self {
                Self(<$Lock>::new(0))
            }
        })+
    };
}

struct Locked<L>(L);

mutex!(
    std::sync::Mutex<u64>, unwrap;
    parking_lot::Mutex<u64>;
    FutexMutex<u64>;
    SpinLock<u64>;
    TicketLock<u64>;
    McsLock<u64>
);

impl Add for AtomicU64 {
    #[inline]
    fn add(&self, inside: u32) -> u64 {
        work(inside);
        self.fetch_add(1, Relaxed) + 1
    }
}

fn contender<L: Add>(test: bool, (inside, outside): (u32, u32)) -> Round<'static> {
    Box::new(move |threads| {
        let lock = L::default();
        let (times, took) = contend(threads, round(test), || {
            black_box(lock.add(inside));
            work(outside);
        });
        assert_eq!(lock.add(0), times + 1, "an addition is lost");
        Ok(times as f64 / took.as_secs_f64())
    })
}

pub(super) fn curves(plan: &Plan, curves: &mut Vec<Curve>) {
    for name in [SHORT, LONGER].into_iter().filter(|name| plan.wants(name)) {
        let work = if name == SHORT {
            (0, 0)
        } else {
            (steps(Duration::from_nanos(25)), steps(Duration::from_nanos(100)))
        };
        let contenders = vec![
            ("std", contender::<Locked<std::sync::Mutex<u64>>>(plan.test, work)),
            ("parking_lot", contender::<Locked<parking_lot::Mutex<u64>>>(plan.test, work)),
            ("futex (ours)", contender::<Locked<FutexMutex<u64>>>(plan.test, work)),
            ("spin (ours)", contender::<Locked<SpinLock<u64>>>(plan.test, work)),
            ("ticket (ours)", contender::<Locked<TicketLock<u64>>>(plan.test, work)),
            ("mcs (ours)", contender::<Locked<McsLock<u64>>>(plan.test, work)),
            ("none (limit)", contender::<AtomicU64>(plan.test, work)),
        ];
        let axis = (name, "additions", "threads", Unit::PerSecond);
        plan.curve(curves, axis, &plan.threads, contenders);
    }
}
