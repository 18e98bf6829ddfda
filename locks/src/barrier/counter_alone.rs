//! Who waits looks for a count of 0. The last one resets the count, comes again, and makes it 1,
//! before the other has looked: both wait, one in the first round and one in the second.

use super::{AcqRel, Acquire, Cues, Duration, Release, Word, info, two_rounds};

#[derive(Debug)]
struct Barrier {
    come: Word,
}

impl super::Barrier for Barrier {
    fn wait(&self, come: impl FnOnce(), look: impl FnOnce()) {
        let last = self.come.fetch_add(1, AcqRel) == 1;
        come();
        if last {
            info!("opens");
            self.come.store(0, Release);
            self.come.wake_all();
            return;
        }
        look();
        loop {
            match self.come.load(Acquire) {
                0 => return,
                some => self.come.wait(some, None),
            };
        }
    }
}

/// Lets two threads go through two rounds of the barrier; says whether they were in step.
///
/// # Blocking
/// For ever, if one comes again before the other has looked.
pub fn run(cues: &Cues, pace: Duration) -> bool {
    two_rounds(Barrier { come: Word::new(0) }, cues, pace)
}
