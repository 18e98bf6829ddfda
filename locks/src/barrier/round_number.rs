//! Who waits looks for another round than the one that it came in. Whoever comes again, and how
//! soon, the round has changed.

use super::{AcqRel, Acquire, AtomicU32, Cues, Duration, Relaxed, Release, Word, info, two_rounds};

#[derive(Debug)]
struct Barrier {
    come: AtomicU32,
    round: Word,
}

impl super::Barrier for Barrier {
    fn wait(&self, come: impl FnOnce(), look: impl FnOnce()) {
        // It cannot change before we have come.
        let round = self.round.load(Relaxed);
        let last = self.come.fetch_add(1, AcqRel) == 1;
        come();
        if last {
            info!("opens");
            self.come.store(0, Relaxed);
            self.round.fetch_add(1, Release);
            self.round.wake_all();
            return;
        }
        look();
        while self.round.load(Acquire) == round {
            self.round.wait(round, None);
        }
    }
}

/// Lets two threads go through two rounds of the barrier; says whether they were in step.
pub fn run(cues: &Cues, pace: Duration) -> bool {
    two_rounds(Barrier { come: AtomicU32::new(0), round: Word::new(0) }, cues, pace)
}
