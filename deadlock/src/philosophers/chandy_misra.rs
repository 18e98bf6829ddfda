//! Forks are dirty or clean. A hungry philosopher asks the neighbours for the forks; a dirty fork is cleaned and handed over,
//! a clean one is kept until its owner has eaten, and a meal makes both dirty.
//! (Chandy and Misra, "The Drinking Philosophers Problem", 1984.)
//!
//! A clean fork means "you ate last, I come first": whoever has waited longer wins, and nobody starves. At the start
//! all forks are dirty and lie with the neighbour of the lower number, so that "comes before" has no circle. Theirs is a
//! protocol of messages between machines; here the forks' states are behind one lock, and asking is looking.

use super::sync::{Condvar, Mutex, PoisonError};
use super::{Dinner, Plan, Table};

#[derive(Clone)]
struct Fork {
    owner: usize,
    dirty: bool,
    /// Its owner is eating with it.
    in_use: bool,
}

struct Forks {
    forks: Mutex<Vec<Fork>>,
    changed: Condvar,
}

impl Forks {
    /// Waits until both forks are here. A dirty fork may be asked away again while its owner waits for the other one.
    fn gather(&self, me: usize, mine: [usize; 2]) {
        let mut forks = self.forks.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            for fork in mine {
                let fork = &mut forks[fork];
                if fork.owner != me && fork.dirty && !fork.in_use {
                    *fork = Fork { owner: me, dirty: false, in_use: false };
                }
            }
            if mine.iter().all(|&fork| forks[fork].owner == me) {
                mine.iter().for_each(|&fork| forks[fork].in_use = true);
                return;
            }
            forks = self.changed.wait(forks).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put_down(&self, mine: [usize; 2]) {
        let mut forks = self.forks.lock().unwrap_or_else(PoisonError::into_inner);
        for fork in mine {
            forks[fork].dirty = true;
            forks[fork].in_use = false;
        }
        drop(forks);
        self.changed.notify_all();
    }
}

/// Dines.
pub fn run(plan: &Plan) -> Dinner {
    let seats = plan.philosophers;
    // Fork f lies between philosopher f − 1 and philosopher f.
    let owner = |fork: usize| if fork == 0 { 0 } else { fork - 1 };
    let forks = (0..seats).map(|fork| Fork { owner: owner(fork), dirty: true, in_use: false }).collect();
    let forks = Forks { forks: Mutex::new(forks), changed: Condvar::new() };
    Table::dine(plan, move |me, table| {
        let (left, right) = table.forks_beside(me);
        let asks = tracing::info_span!("waits", what = "forks");
        forks.gather(me, [left, right]);
        drop(asks);
        table.plan.window.pause();
        {
            let _both = (table.take(left), table.take(right));
            table.eat(me);
        }
        forks.put_down([left, right]);
    })
}
