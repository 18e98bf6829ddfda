//! How often an end of a ring spins before it sleeps.

use std::cell::Cell;

use process_sharing::shared_memory::patience::Patience;

const MOST: u32 = 4096;

/// Waits for what is there after this number of looks; returns whether it was seen, and the number
/// of looks.
fn wait(patience: &mut Patience, there_after: u32) -> (bool, u32) {
    let looks = Cell::new(0);
    let look = || {
        looks.set(looks.get() + 1);
        (looks.get() >= there_after).then_some(())
    };
    (patience.spin(look).is_some(), looks.get())
}

/// Spins in vain until this no longer changes anything.
fn discouraged() -> Patience {
    let mut patience = Patience::new(MOST);
    while wait(&mut patience, u32::MAX).1 > 4 {}
    patience
}

#[test]
fn an_end_whose_spinning_was_in_vain_finds_out_within_a_few_messages_that_it_pays() {
    let mut patience = discouraged();
    let sleeps = (0..).position(|_| wait(&mut patience, 1000).0).expect("it tries again");
    assert!(sleeps <= 16, "{sleeps}");
    assert!((0..100).all(|_| wait(&mut patience, 1000).0), "one trial was enough");
}

#[test]
fn an_end_that_is_never_answered_in_time_seldom_spins_for_long() {
    let mut patience = discouraged();
    let looks: u32 = (0..100_000).map(|_| wait(&mut patience, u32::MAX).1).sum();
    // A trial after 16, 32, … waits, and then after each 1024; and the spins until the limit has
    // fallen again, which a trial in vain does not raise.
    assert!(looks <= 4 * 100_000 + (100_000 / 1024 + 7) * MOST, "{looks}");
}
