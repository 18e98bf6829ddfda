//! Two words that belong together: t1 writes both, t2 reads both. Does t2 get a pair that was never
//! written?
//!
//! Each form has the same `run`. t1 writes 1 and 1, then 2 and 2, and so on: a pair of two
//! different numbers is torn.

use super::lane::{finish, start, take};
use super::seq_lock;
use super::sync::{self, Arc};
use crate::Window;

pub mod mutex;
pub mod racy;
pub mod sequence;

/// Says how often the pair is written and read, and what becomes of the moment between the halves
/// of a write.
#[derive(Clone, Debug)]
pub struct Plan {
    /// So often t1 writes.
    pub writes: u64,
    /// So often t2 tries to read.
    pub reads: u64,
    /// The moment between the two halves of a write.
    pub window: Window,
}

/// Counts what t2 has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// Pairs that were written so.
    pub whole: u64,
    /// Pairs of which one half is older.
    pub torn: u64,
    /// So often it was sent away, to come again.
    pub refused: u64,
    /// What the first of its reads gave.
    pub first: Option<[u64; 2]>,
    /// What a read gives when all is done.
    pub last: Option<[u64; 2]>,
}

/// Plays rounds, each twice as long as the one before, until one tears a pair; `rounds` of them at
/// the most, and returns all counts. In the first round, the pair is written and read `times`.
pub fn hammer(run: fn(&Plan) -> Seen, times: u64, rounds: u32) -> Seen {
    let mut all = Seen::default();
    for round in 0..rounds {
        let times = times << round;
        let seen = run(&Plan { writes: times, reads: times, window: Window::narrow() });
        all.whole += seen.whole;
        all.torn += seen.torn;
        all.refused += seen.refused;
        if all.torn > 0 {
            break;
        }
    }
    all
}

/// Calls `write(pair, number, window)` on t1 and `read(pair, window)` on t2 as often as the plan
/// says, and waits for both.
fn two<P: Send + Sync + 'static>(
    plan: &Plan,
    pair: &Arc<P>,
    write: impl Fn(&P, u64, &Window) + Send + 'static,
    read: impl Fn(&P, &Window) -> Option<[u64; 2]> + Copy + Send + 'static,
) -> Seen {
    let (pair1, pair2) = (Arc::clone(pair), Arc::clone(pair));
    let (plan1, plan2) = (plan.clone(), plan.clone());
    let t1 = start("t1", move || {
        plan1.window.begin();
        for number in 1..=plan1.writes {
            write(&pair1, number, &plan1.window);
        }
    });
    let t2 = start("t2", move || {
        let mut seen = Seen::default();
        plan2.window.begin_in_between();
        for number in 0..plan2.reads {
            let pair = read(&pair2, &plan2.window);
            match pair {
                Some([left, right]) => {
                    plan2.window.after(format_args!("read {left}, {right}"));
                    let count = if left == right { &mut seen.whole } else { &mut seen.torn };
                    *count += 1;
                }
                None => {
                    plan2.window.after(format_args!("is sent away"));
                    seen.refused += 1;
                }
            }
            if number == 0 {
                seen.first = pair;
                plan2.window.is_done();
            }
        }
        seen
    });
    finish(t1);
    Seen { last: read(pair, &Window::narrow()), ..finish(t2) }
}
