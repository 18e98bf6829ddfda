//! Lanes are to scale, and fit whatever they are drawn on.

use std::io::Write;
use std::sync::{Arc, Mutex};

use stage::record::{Record, State::*, What};
use stage::{Lanes, Page};

use super::{opened, run};

/// A page that can be read.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics with it").write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn drawn(lanes: &Lanes, width: usize, unicode: bool) -> Vec<String> {
    let screen = Screen::default();
    lanes.draw(&mut Page::to(screen.clone(), width, unicode)).expect("memory can be written to");
    let text = screen.0.lock().expect("nobody panics with it").clone();
    String::from_utf8(text).expect("it is text").lines().map(str::to_owned).collect()
}

/// t1 holds A for half of the time, then waits for B to the end; t2 holds B all the time.
fn half_and_half() -> Vec<Record> {
    run(&[
        (0, "t1", opened(1, Holds, "A")),
        (0, "t2", opened(2, Holds, "B")),
        (50, "t1", opened(3, Waits, "B")),
        (100, "t1", What::Closed { id: 3 }),
    ])
}

#[test]
fn a_lane_shows_states_to_scale_with_their_labels() {
    let screen = drawn(&Lanes::new(&half_and_half(), None), 47, true);
    assert_eq!(screen[0], "  t1 │ A███████████████████B▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒");
    assert_eq!(screen[1], "  t2 │ B███████████████████████████████████████");
}

#[test]
fn the_axis_has_round_numbers_where_they_belong_and_a_unit() {
    let screen = drawn(&Lanes::new(&half_and_half(), None), 47, true);
    assert_eq!(screen[2], "       0 ms                50");
}

#[test]
fn every_width_is_kept() {
    for width in [40, 60, 80, 140] {
        let lanes = Lanes::new(&half_and_half(), None).ended("t1", "waits for B, held by t2".to_owned());
        for line in drawn(&lanes, width, true) {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn a_note_stands_beside_its_lane_or_below_where_there_is_no_room() {
    let lanes = Lanes::new(&half_and_half(), None).ended("t1", "waits for B, held by t2".to_owned());
    assert!(drawn(&lanes, 80, true)[0].ends_with("✗  waits for B, held by t2"));
    let narrow = drawn(&lanes, 40, true);
    assert!(narrow[0].ends_with('✗'));
    assert_eq!(narrow.last().map(String::as_str), Some("  t1   waits for B, held by t2"));
}

#[test]
fn without_unicode_every_sign_has_a_counterpart_of_the_same_width() {
    let lanes = Lanes::new(&half_and_half(), None).ended("t1", "waits for B".to_owned());
    let (plain, signs) = (drawn(&lanes, 80, false), drawn(&lanes, 80, true));
    assert!(plain.iter().all(|line| line.is_ascii()), "{plain:?}");
    let widths = |lines: &[String]| lines.iter().map(|line| line.chars().count()).collect::<Vec<_>>();
    assert_eq!(widths(&plain), widths(&signs));
    assert!(!plain.concat().contains('?'), "{plain:?}");
}

#[test]
fn all_states_are_told_apart_without_colour() {
    let states = [Holds, Waits, Runs, Idles];
    let happened: Vec<_> = states
        .iter()
        .enumerate()
        .map(|(at, state)| (at as u64 * 10, "t", opened(at as u64, *state, "")))
        .collect();
    for unicode in [true, false] {
        let bar = drawn(&Lanes::new(&run(&happened), Some(40_000_000)), 60, unicode)[0].clone();
        let signs: std::collections::BTreeSet<char> = bar.chars().skip(6).collect();
        assert_eq!(signs.len(), 4, "{bar}");
    }
}

#[test]
fn an_instant_is_marked_and_said() {
    let happened = run(&[
        (0, "t", opened(1, Runs, "")),
        (50, "t", What::Said { text: "panics".to_owned(), mark: true }),
        (100, "t", What::Closed { id: 1 }),
    ]);
    let screen = drawn(&Lanes::new(&happened, None), 60, true);
    let mark = screen[0].chars().position(|sign| sign == '✗').expect("it is marked");
    assert!((30..=34).contains(&mark), "half way: {}", screen[0]);
    assert!(screen[2].ends_with("✗ panics"), "{screen:?}");
}

#[test]
fn of_two_guards_both_are_seen_and_then_the_one_that_is_left() {
    let happened = run(&[
        (0, "t", opened(1, Holds, "A")),
        (10, "t", opened(2, Holds, "B")),
        (20, "t", What::Closed { id: 1 }),
        (30, "t", What::Closed { id: 2 }),
        (40, "t", opened(3, Runs, "")),
    ]);
    let bar = drawn(&Lanes::new(&happened, None), 46, true)[0].clone();
    assert_eq!(bar, "  t │ A█████████A+B███████B█████████");
}

#[test]
fn lanes_are_in_the_order_of_their_names_and_too_many_are_counted() {
    let names: Vec<String> = (0..20).map(|number| format!("p{number}")).collect();
    let happened: Vec<_> = names
        .iter()
        .rev()
        .enumerate()
        .map(|(id, name)| (id as u64, name.as_str(), opened(id as u64, Runs, "")))
        .collect();
    let screen = drawn(&Lanes::new(&run(&happened), Some(30_000_000)), 80, true);
    assert!(screen[2].starts_with("  p2 "), "{screen:?}");
    assert!(screen[10].starts_with("  p10 "), "{screen:?}");
    assert!(screen[16].contains("4 more"), "{screen:?}");
}

#[test]
fn a_run_that_said_nothing_draws_nothing() {
    assert_eq!(drawn(&Lanes::new(&[], None), 80, true), Vec::<String>::new());
}
