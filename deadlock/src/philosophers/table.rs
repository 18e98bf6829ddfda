//! The table that every strategy dines at: the forks, the meals, and what is counted.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::lane::{self, Held, finish, start};
use super::sync::{Arc, Mutex};

/// The size of a dinner.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The number of philosophers; 2 or more.
    pub philosophers: usize,
    /// The number of meals that each of them eats.
    pub meals: usize,
    /// How long a meal takes.
    pub meal: Duration,
    /// The point at which all start together.
    pub start: SyncPoint,
    /// The window between acquiring one fork and the other.
    pub window: SyncPoint,
}

/// The figures of a dinner, in which each philosopher has eaten the plan's number of meals.
#[derive(Clone, Debug)]
pub struct Dinner {
    /// The time from the common start to the end of the last meal.
    pub took: Duration,
    /// The meals of the hungriest philosopher when the first one was full. It varies from dinner to
    /// dinner.
    pub hungriest: usize,
    /// How often a fork was put back to try again.
    pub back_offs: usize,
}

#[derive(Debug)]
struct Fork {
    name: String,
    lock: Mutex<()>,
}

/// A table. Its counters are std's atomics in the model too: counting changes nothing of a lesson,
/// and would multiply its schedules.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) plan: Plan,
    forks: Vec<Fork>,
    eaten: Vec<AtomicUsize>,
    began: OnceLock<Instant>,
    hungriest: OnceLock<usize>,
    pub(super) back_offs: AtomicUsize,
}

impl Table {
    /// Runs a thread for each philosopher, from `p0` on; each calls `one_meal(number, table)` for every
    /// meal of the plan.
    ///
    /// # Panics
    /// If the plan is for fewer than two philosophers.
    pub(super) fn dine(
        plan: &Plan,
        one_meal: impl Fn(usize, &Self) + Send + Sync + 'static,
    ) -> Dinner {
        let seats = plan.philosophers;
        assert!(seats >= 2, "a philosopher needs a neighbour");
        let table = Arc::new(Self {
            plan: plan.clone(),
            forks: (0..seats)
                .map(|fork| Fork { name: format!("f{fork}"), lock: Mutex::new(()) })
                .collect(),
            eaten: (0..seats).map(|_| AtomicUsize::new(0)).collect(),
            began: OnceLock::new(),
            hungriest: OnceLock::new(),
            back_offs: AtomicUsize::new(0),
        });
        let one_meal = Arc::new(one_meal);
        let sit_down = |me| {
            let (table, one_meal) = (Arc::clone(&table), Arc::clone(&one_meal));
            start(format!("p{me}"), move || {
                table.plan.start.meet();
                table.began.get_or_init(Instant::now);
                for _ in 0..table.plan.meals {
                    one_meal(me, &table);
                }
                let fewest = || table.eaten.iter().map(|eaten| eaten.load(Relaxed)).min();
                table.hungriest.get_or_init(|| fewest().unwrap_or(0));
            })
        };
        (0..seats).map(sit_down).collect::<Vec<_>>().into_iter().for_each(finish);
        assert!(
            table.eaten.iter().all(|eaten| eaten.load(Relaxed) == plan.meals),
            "a philosopher has eaten less than planned"
        );
        Dinner {
            took: table.began.get().map_or(Duration::ZERO, Instant::elapsed),
            hungriest: table.hungriest.get().copied().unwrap_or(0),
            back_offs: table.back_offs.load(Relaxed),
        }
    }

    /// Returns the forks to the left and to the right of a plate, by number.
    pub(super) fn forks_beside(&self, me: usize) -> (usize, usize) {
        (me, (me + 1) % self.forks.len())
    }

    #[track_caller]
    pub(super) fn acquire(&self, fork: usize) -> Held<'_, ()> {
        lane::acquire(&self.forks[fork].name, &self.forks[fork].lock)
    }

    #[track_caller]
    pub(super) fn try_acquire(&self, fork: usize) -> Option<Held<'_, ()>> {
        lane::try_acquire(&self.forks[fork].name, &self.forks[fork].lock)
    }

    /// Eats with forks that the strategy has handed out: one that hands a fork out twice fails here.
    ///
    /// # Panics
    /// If another philosopher holds one of them.
    pub(super) fn eat_with(&self, me: usize, forks: [usize; 2]) {
        let _both = forks.map(|fork| self.try_acquire(fork).expect("no neighbour has this fork"));
        self.eat(me);
    }

    /// Eats; the caller holds both forks.
    pub(super) fn eat(&self, me: usize) {
        let _eats = info_span!("runs", what = "eats");
        self.eaten[me].fetch_add(1, Relaxed);
        if !self.plan.meal.is_zero() {
            std::thread::sleep(self.plan.meal);
        }
    }
}
