#!/usr/bin/env bash
# stm 0.4.0, fast-stm 0.7.1: a transaction reads x before and y after another one has committed both, and goes on with the two halves; only at its end is it
# found out and run again. An `assert` that the two agree, a division or a loop over such a pair fails in a program that is right.
# Guess: the second read notices that x has changed, and the transaction starts again, or it reads y as it was with x.
# Why: what a transaction has read is checked when it commits. That all of its reads are of one moment at all times is called opacity, and costs a check or
#   a version at each read. So a transaction must not do, on the way to its commit, what halves make it do: panic, index, loop for ever. What it
#   returns is right.
# Source: fast-stm's front page, which promises no opacity; stm's README, which says that it repeats what was inconsistent.
. "$(dirname "$0")/run.bash"
rust 'stm = "=0.4.0"' 'fast-stm = "=0.7.1"' <<'RUST'
macro_rules! halves {
    ($library:ident) => {{
        use $library::{atomically, TVar};
        use std::{cell::RefCell, thread};

        let (x, y) = (TVar::new(0), TVar::new(0));
        let seen = RefCell::new(Vec::new());
        let returned = atomically(|transaction| {
            let first = x.read(transaction)?;
            if seen.borrow().is_empty() {
                // Another transaction, which adds one to both, between the two reads.
                let (x, y) = (x.clone(), y.clone());
                thread::spawn(move || atomically(|other| x.modify(other, |x| x + 1).and_then(|_| y.modify(other, |y| y + 1)))).join().unwrap();
            }
            let pair = (first, y.read(transaction)?);
            seen.borrow_mut().push(pair);
            Ok(pair)
        });
        println!("{}: saw {:?}, returned {returned:?}", stringify!($library), seen.borrow());
    }};
}

fn main() {
    halves!(stm);
    halves!(fast_stm);
}
RUST
holds <<'END'
stm: saw [(0, 1), (1, 1)], returned (1, 1)
fast_stm: saw [(0, 1), (1, 1)], returned (1, 1)
END
