//! How often an end of a ring spins before it sleeps, adapted to what has paid lately.
//!
//! If the other end is awake, its answer comes sooner than a system call would return: to sleep would
//! cost twenty times as much. If it is not, spinning is in vain. What was true of the last wait is
//! likely to be true of the next: so a wait that was over while spinning doubles the limit, and one
//! that was not halves it. Now and then, an end spins for long all the same: otherwise two ends that
//! sleep would never find out that both could be awake; nor one end, which sleeps once a message,
//! that it need not: what the other one has sent meanwhile is there when it wakes up, and so no
//! spinning pays.

use super::hint;

/// The number of times that an end spins before it sleeps.
///
/// ```
/// use process_sharing::shared_memory::patience::Patience;
///
/// let mut patience = Patience::new(100);
/// assert_eq!(patience.spin(|| Some(7)), Some(7));
/// assert_eq!(patience.spin(|| None::<u64>), None);
/// ```
#[derive(Debug)]
pub struct Patience {
    limit: u32,
    /// The number of waits since the last trial, in which an end spins up to the greatest limit.
    waits: u32,
    /// The number of waits up to the next trial.
    until_trial: u32,
    /// The number of sleeps.
    pub(crate) sleeps: u64,
    most: u32,
}

impl Patience {
    /// The least limit.
    const LEAST: u32 = 4;
    /// The limit after the first spinning that has paid: a message comes back in about ten spins.
    const SOME: u32 = 64;
    /// The number of waits before the first trial, and before the next one after a trial that has
    /// paid. Each one that was in vain doubles it, up to the last.
    const TRIALS: [u32; 2] = [16, 1024];

    /// Begins with the greatest limit, which is `most`; it soon falls if spinning is in vain.
    pub fn new(most: u32) -> Self {
        Self { limit: most, waits: 0, until_trial: Self::TRIALS[0], sleeps: 0, most }
    }

    /// Spins until `look` returns a value, and returns that; `None` if it has not done so before
    /// the limit is reached.
    #[inline]
    pub fn spin<T>(&mut self, look: impl Fn() -> Option<T>) -> Option<T> {
        self.waits += 1;
        let trial = self.waits == self.until_trial;
        let limit = if trial { self.most } else { self.limit };
        let paid = (1..=limit).find_map(|spins| {
            hint::spin_loop();
            Some((spins, look()?))
        });
        let [first, last] = Self::TRIALS;
        if trial {
            self.waits = 0;
            self.until_trial =
                if paid.is_some() { first } else { (2 * self.until_trial).min(last) };
        }
        self.limit = match paid {
            Some((spins, _)) => (2 * self.limit.max(spins)).max(Self::SOME).min(self.most),
            None => (self.limit / 2).max(Self::LEAST.min(self.most)),
        };
        paid.map(|(_, seen)| seen)
    }
}
