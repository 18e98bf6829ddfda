//! What the reader is to try, and what the schedules come to.

use std::collections::HashSet;

use crate::explore::{self, Ahead, Model};
use crate::lesson::{Promise, Variant};
use crate::terminal::grouped;

use super::moves_of;

/// The number of positions that are looked at for a failure of fewer moves.
const POSITIONS: usize = 1_000;

/// Finds the fewest moves to a failure, position by position, if it is fewer than are `known`;
/// `known`, where there are too many positions to say.
fn fewest(known: usize, model: &Model) -> usize {
    let (mut row, mut seen) = (vec![Vec::new()], HashSet::new());
    for moves in 0..known {
        let mut next = Vec::new();
        for choices in row {
            let told = explore::reached(&choices, model, |mut reached| {
                let failed = matches!(reached.end(), Some(Err(_)));
                let tasks = reached.threads().into_iter().filter(|thread| thread.can_move);
                let ways = tasks.map(|thread| [reached.choices, &[thread.task]].concat());
                let ways: Vec<_> = ways.collect();
                (failed, reached.key(), ways)
            });
            let Some((failed, key, ways)) = told else { return known };
            if failed {
                return moves;
            }
            if !seen.insert(key) {
                continue;
            }
            if seen.len() > POSITIONS {
                return known;
            }
            next.extend(ways);
        }
        row = next;
    }
    known
}

/// Tells what the reader is to try.
pub(super) fn goal(variant: &Variant, whole: &Ahead, model: &Model) -> String {
    let moves = |choices: &Vec<usize>| explore::position(choices, model).map(|end| end.moves.len());
    let known = whole.failing.iter().filter_map(moves).min();
    match known.map(|known| fewest(known, model)) {
        Some(best) => format!("make it fail, in {} if you can", moves_of(best)),
        None if variant.promise == Promise::Holds => "make it fail, if anyone can".to_owned(),
        None => "make it fail".to_owned(),
    }
}

/// Tells how the schedules end that differ.
pub(super) fn ways(count: &explore::Count) -> String {
    let (finish, fail) = (count.finished(), count.failed());
    let verb = |count: usize, verb: &str| {
        format!("{} {verb}{}", grouped(count), if count == 1 { "s" } else { "" })
    };
    let run = grouped(finish + fail);
    let (all, more) = if count.whole() {
        (format!("of {run} ways that differ"), "")
    } else {
        (format!("of the first {run} ways that differ"), "; the others were not run")
    };
    match (finish, fail) {
        (0, 1) if count.whole() => "it fails: the one way left does".to_owned(),
        (1, 0) if count.whole() => "nobody can make it fail: the one way left finishes".to_owned(),
        (_, 0) if count.whole() => {
            format!("nobody can make it fail: all {run} ways that differ finish")
        }
        _ => format!("{all}, {} well and {}{more}", verb(finish, "end"), verb(fail, "fail")),
    }
}
