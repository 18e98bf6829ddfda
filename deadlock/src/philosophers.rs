//! Philosophers at a round table, a fork between each two of them; to eat, one needs both forks
//! beside one's plate. (Dijkstra, EWD 310, 1971; the form with forks is Hoare's.)
//!
//! Each strategy is a file with the same `run`. What they share is here: the table, the meal, and
//! what is counted.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tracing::info_span;

use super::lane::{self, Held, many, take, try_take};
use super::sync::{self, Arc, Mutex};
use crate::Window;

pub mod chandy_misra;
pub mod naive;
pub mod one_seat_fewer;
pub mod ordered;
pub mod try_back_off;
pub mod waiter;

/// Says who dines, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many philosophers; 2 or more.
    pub philosophers: usize,
    /// How many meals each of them eats.
    pub meals: usize,
    /// How long a meal takes.
    pub meal: Duration,
    /// What lies between sitting down and the first meal.
    pub start: Window,
    /// What lies between taking one fork and taking the other.
    pub window: Window,
}

/// Says what came of a dinner. Everyone has eaten the plan's number of meals.
#[derive(Clone, Debug)]
pub struct Dinner {
    /// From when all were seated until the last one got up.
    pub took: Duration,
    /// The meals of the hungriest philosopher when the first one was full. It varies from dinner to
    /// dinner.
    pub hungriest: usize,
    /// How often a fork was put back to try again.
    pub back_offs: usize,
}

/// A fork, under the name that a lane shows.
#[derive(Debug)]
struct Fork {
    name: String,
    lock: Mutex<()>,
}

/// The table that a dinner takes place at. What it counts is on std's atomics in the model too: to
/// count changes nothing of a lesson, and would multiply its schedules.
#[derive(Debug)]
struct Table {
    plan: Plan,
    forks: Vec<Fork>,
    eaten: Vec<AtomicUsize>,
    began: OnceLock<Instant>,
    hungriest: OnceLock<usize>,
    back_offs: AtomicUsize,
}

impl Table {
    /// Seats everyone, `p0` to the last; each of them does `one_meal(number, table)` as often as
    /// the plan says.
    ///
    /// # Panics
    /// If the plan is for fewer than two.
    fn dine(plan: &Plan, one_meal: impl Fn(usize, &Self) + Send + Sync + 'static) -> Dinner {
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
        many("p", seats, &table, move |me, table| {
            table.plan.start.pause();
            table.began.get_or_init(Instant::now);
            for _ in 0..table.plan.meals {
                one_meal(me, table);
            }
            table.hungriest.get_or_init(|| {
                table.eaten.iter().map(|eaten| eaten.load(Relaxed)).min().unwrap_or(0)
            });
        });
        assert!(
            table.eaten.iter().all(|eaten| eaten.load(Relaxed) == plan.meals),
            "someone left hungry"
        );
        Dinner {
            took: table.began.get().map_or(Duration::ZERO, Instant::elapsed),
            hungriest: table.hungriest.get().copied().unwrap_or(0),
            back_offs: table.back_offs.load(Relaxed),
        }
    }

    /// Returns the forks to the left and to the right of a plate, by number.
    fn forks_beside(&self, me: usize) -> (usize, usize) {
        (me, (me + 1) % self.forks.len())
    }

    fn take(&self, fork: usize) -> Held<'_, ()> {
        take(&self.forks[fork].name, &self.forks[fork].lock)
    }

    fn try_take(&self, fork: usize) -> Option<Held<'_, ()>> {
        try_take(&self.forks[fork].name, &self.forks[fork].lock)
    }

    /// Eats with forks that nobody else has: a strategy that hands one out twice fails here.
    ///
    /// # Panics
    /// If somebody else has one of them.
    fn eat_with(&self, me: usize, forks: [usize; 2]) {
        let _both = forks.map(|fork| self.try_take(fork).expect("no neighbour has this fork"));
        self.eat(me);
    }

    /// Eats. The caller has both forks: nobody beside it can be eating.
    fn eat(&self, me: usize) {
        let _eats = info_span!("runs", what = "eats");
        self.eaten[me].fetch_add(1, Relaxed);
        if !self.plan.meal.is_zero() {
            std::thread::sleep(self.plan.meal);
        }
    }
}
