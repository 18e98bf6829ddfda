//! Chandy's and Misra's strategy: clean and dirty forks.

use tracing::info_span;

use super::lane::{lock, wait_while};
use super::sync::{Condvar, Mutex};
use super::table::{Dinner, Plan, Table};

#[derive(Clone, Copy)]
struct Fork {
    owner: usize,
    dirty: bool,
    in_use: bool,
}

struct State {
    forks: Vec<Fork>,
    hungry: Vec<bool>,
}

impl State {
    /// Lays the table: fork f between philosopher f − 1 and philosopher f, fork 0 between the last
    /// one and philosopher 0.
    fn laid(seats: usize) -> Self {
        let fork = |fork: usize| Fork { owner: fork.saturating_sub(1), dirty: true, in_use: false };
        Self { forks: (0..seats).map(fork).collect(), hungry: vec![false; seats] }
    }

    /// Takes over the forks that the neighbours have to hand over; returns whether `me` owns both now.
    fn gather(&mut self, me: usize, mine: [usize; 2]) -> bool {
        for fork in mine {
            let fork = &mut self.forks[fork];
            if fork.owner != me && fork.dirty && !fork.in_use {
                *fork = Fork { owner: me, dirty: false, in_use: false };
            }
        }
        mine.iter().all(|&fork| self.forks[fork].owner == me)
    }

    /// Puts both forks down, dirty; a neighbour that has asked for one meanwhile gets it, clean.
    fn put_down(&mut self, me: usize, mine: [usize; 2]) {
        let seats = self.forks.len();
        for (fork, neighbour) in mine.into_iter().zip([(me + seats - 1) % seats, (me + 1) % seats])
        {
            let asked = self.hungry[neighbour];
            self.forks[fork] =
                Fork { owner: if asked { neighbour } else { me }, dirty: !asked, in_use: false };
        }
    }
}

/// Forks are dirty or clean. A hungry philosopher asks the neighbours for their forks. A neighbour
/// that is asked for a dirty fork cleans it and hands it over, after its meal if the fork is in use;
/// it keeps a clean one. A meal makes both forks dirty. (Chandy and Misra, "The Drinking
/// Philosophers Problem", 1984.)
///
/// A clean fork means "you have eaten since, I come first": of two neighbours, the one that has eaten
/// less recently goes first. At the start all forks are dirty and lie with the neighbour of the lower
/// number, so that "comes before" has no cycle. Theirs is a protocol of messages between machines;
/// here all forks are behind one lock, and a request is a flag that the neighbour reads.
///
/// # Fairness
/// No philosopher starves: between two meals of one, a hungry neighbour eats.
pub fn chandy_misra(plan: &Plan) -> Dinner {
    let (state, changed) = (Mutex::new(State::laid(plan.philosophers)), Condvar::new());
    Table::dine(plan, move |me, table| {
        let (left, right) = table.forks_beside(me);
        let mine = [left, right];
        let asks = info_span!("waits", what = "forks");
        let mut now = lock(&state);
        now.hungry[me] = true;
        // A dirty fork may be lost again while its owner waits for the other.
        now = wait_while(&changed, now, |now| !now.gather(me, mine));
        now.hungry[me] = false;
        mine.iter().for_each(|&fork| now.forks[fork].in_use = true);
        drop((now, asks));
        table.plan.window.meet();
        table.eat_with(me, mine);
        lock(&state).put_down(me, mine);
        changed.notify_all();
    })
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn between_two_meals_a_hungry_neighbour_has_the_fork() {
        let mut state = State::laid(3);
        assert!(state.gather(0, [0, 1]), "both forks lie with philosopher 0");
        state.forks[0].in_use = true;
        state.forks[1].in_use = true;
        state.hungry[1] = true;
        assert!(!state.gather(1, [1, 2]), "fork 1 is in use");
        state.put_down(0, [0, 1]);
        state.hungry[0] = true;
        assert!(
            !state.gather(0, [0, 1]),
            "fork 1 has gone to the neighbour, which has not eaten since"
        );
        assert!(state.gather(1, [1, 2]));
    }
}
