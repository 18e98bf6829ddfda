//! Lanes are to scale, and fit whatever they are drawn on.

use stage::Lanes;
use stage::record::{Record, State::*, What};

use super::terminal::written;
use super::{opened, run};

fn drawn(lanes: &Lanes, width: usize, unicode: bool) -> Vec<String> {
    written(width, unicode, |terminal| lanes.draw("", terminal))
}

/// t1 holds A for half of the time, then waits for B to the end; t2 holds B all the time.
pub(crate) fn half_and_half() -> Vec<Record> {
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
fn every_width_is_kept_however_long_the_texts_of_the_key_are() {
    let long = "is told that the task that it waits for was cancelled before it began";
    let mut all = vec![Lanes::new(&half_and_half(), None).ended("t1", "waits for B".to_owned())];
    for (texts, mark) in [([long, ""], true), (["is cancelled", long], false)] {
        let happened = texts.map(|text| (5, "t", said(text, mark)));
        all.push(Lanes::new(&run(&happened), None));
    }
    for width in [40, 60, 80, 140] {
        for line in all.iter().flat_map(|lanes| drawn(lanes, width, true)) {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn a_note_stands_beside_its_lane_or_below_where_there_is_no_room() {
    let lanes =
        Lanes::new(&half_and_half(), None).ended("t1", "waits for B, held by t2".to_owned());
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
    let widths =
        |lines: &[String]| lines.iter().map(|line| line.chars().count()).collect::<Vec<_>>();
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
    assert_eq!(bar, "  t │ A█████████A+B███████B█████████         ▖");
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

/// Returns the bar of the only lane, without its name.
fn bar(happened: &[(u64, &str, What)], width: usize) -> String {
    let screen = drawn(&Lanes::new(&run(happened), None), width, true);
    screen[0].split_once("│ ").map(|(_, bar)| bar.to_owned()).unwrap_or_default()
}

fn said(text: &str, mark: bool) -> What {
    What::Said { text: text.to_owned(), mark }
}

#[test]
fn what_takes_less_than_half_a_cell_has_a_mark_where_it_happened() {
    let happened = [
        (0, "t", opened(1, Holds, "A")),
        (1, "t", What::Closed { id: 1 }),
        (5000, "t", opened(2, Waits, "B")),
        (5001, "t", What::Closed { id: 2 }),
        (9999, "t", opened(3, Runs, "")),
        (10_000, "t", What::Closed { id: 3 }),
    ];
    assert_eq!(bar(&happened, 47), format!("▌{0}░{0}▖", " ".repeat(19)));
}

#[test]
fn a_moment_is_seen_between_two_long_stretches() {
    let happened = [
        (0, "t", opened(1, Runs, "one")),
        (5000, "t", What::Closed { id: 1 }),
        (5000, "t", opened(2, Waits, "B")),
        (5001, "t", What::Closed { id: 2 }),
        (5001, "t", opened(3, Runs, "two")),
        (10_000, "t", What::Closed { id: 3 }),
    ];
    let bar = bar(&happened, 47);
    assert_eq!(bar.matches('░').count(), 1, "{bar}");
    assert!(bar.starts_with("one▄▄▄") && bar.contains("░two▄▄"), "{bar}");
}

#[test]
fn many_moments_do_not_hide_what_lasts() {
    let mut happened = vec![(0, "t", opened(0, Runs, ""))];
    for id in 1..1000 {
        happened.push((id * 10, "t", opened(id, Waits, "")));
        happened.push((id * 10 + 1, "t", What::Closed { id }));
    }
    let bar = bar(&happened, 80);
    assert!(
        bar.matches('░').count() > 0 && bar.matches('▄').count() >= bar.matches('░').count(),
        "{bar}"
    );
}

#[test]
fn a_thread_that_works_with_a_lock_in_its_hold_is_seen_doing_both() {
    let happened = [
        (0, "t", opened(1, Holds, "jobs")),
        (50, "t", opened(2, Runs, "job")),
        (100, "t", What::Closed { id: 2 }),
        (100, "t", What::Closed { id: 1 }),
    ];
    assert_eq!(bar(&happened, 46), "jobs████████████████jobs+job▓▓▓▓▓▓▓▓▓▓▓▓");
    let key = drawn(&Lanes::new(&run(&happened), None), 46, true)[2].clone();
    assert!(key.ends_with("█ holds  ▓ holds and runs"), "{key}");
}

#[test]
fn two_spans_of_one_lock_are_one_hold() {
    let happened = [
        (0, "t", opened(1, Holds, "lock")),
        (10, "t", opened(2, Holds, "lock")),
        (20, "t", What::Closed { id: 2 }),
        (40, "t", What::Closed { id: 1 }),
    ];
    assert_eq!(bar(&happened, 46), format!("lock{}", "█".repeat(36)));
}

#[test]
fn a_thread_that_said_nothing_but_a_word_or_a_panic_has_a_lane() {
    let happened = run(&[
        (0, "t1", said("panics", true)),
        (50, "t2", said("looks", false)),
        (100, "t3", opened(1, Runs, "")),
    ]);
    let screen = drawn(&Lanes::new(&happened, None), 60, true);
    assert!(screen[0].starts_with("  t1 │ ✗"), "{screen:?}");
    assert!(screen[1].starts_with("  t2 │ ") && screen[1].contains('•'), "{screen:?}");
    assert!(screen[2].ends_with('▖'), "what is begun in the last instant is seen: {screen:?}");
    let key = screen.last().expect("there is a key");
    for wanted in ["✗ panics", "• looks", "▖ runs briefly"] {
        assert!(key.contains(wanted), "{key}");
    }
}

#[test]
fn nobody_idles_on_who_is_dead() {
    let happened = run(&[
        (0, "w1", opened(1, Idles, "")),
        (50, "w1", said("dead", true)),
        (100, "w1", What::Closed { id: 1 }),
        (100, "w2", opened(2, Runs, "")),
    ]);
    let screen = drawn(&Lanes::new(&happened, None), 60, true);
    assert!(screen[0].ends_with('✗'), "{screen:?}");
}

#[test]
fn nothing_is_drawn_behind_an_end() {
    let happened = run(&[
        (0, "w1", opened(1, Idles, "")),
        (1000, "w1", What::Closed { id: 1 }),
        (1000, "w2", opened(2, Idles, "")),
        (1009, "w2", opened(3, Runs, "task 1")),
        (1010, "w2", said("dead", true)),
        (2000, "w1", opened(4, Runs, "")),
    ]);
    let screen = drawn(&Lanes::new(&happened, None), 60, true);
    assert!(screen[1].ends_with("▖✗"), "{screen:?}");
}

#[test]
fn whatever_happened_has_a_mark_in_its_lane() {
    // A generator of pseudo-random numbers (Knuth's constants) draws runs of three lanes.
    let mut number = 1_u64;
    let mut draw = |below: u64| {
        number =
            number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % below
    };
    for _ in 0..300 {
        let (mut happened, mut at) = (Vec::new(), 0);
        for id in 0..1 + draw(20) {
            let lane = ["t1", "t2", "t3"][draw(3) as usize];
            let state = [Holds, Waits, Runs, Idles][draw(4) as usize];
            at += 1 + [3, 10_000][draw(2) as usize] * draw(2);
            happened.push((at, lane, opened(id, state, "")));
            at += 1 + [3, 10_000][draw(2) as usize] * draw(2);
            happened.push((at, lane, What::Closed { id }));
        }
        let lanes: std::collections::BTreeSet<_> =
            happened.iter().map(|(_, lane, _)| *lane).collect();
        let screen = drawn(&Lanes::new(&run(&happened), None), 60, true);
        for (index, name) in lanes.iter().enumerate() {
            let bar =
                screen[index].strip_prefix(&format!("  {name} │")).expect("lanes are in order");
            assert!(!bar.trim().is_empty(), "{happened:?}: {screen:?}");
            let signs = [(Holds, "█▌"), (Waits, "▒░"), (Runs, "▄▖")];
            for (state, signs) in signs {
                let happened = happened.iter().any(|(_, lane, what)| {
                    lane == name && matches!(what, What::Opened { state: s, .. } if *s == state)
                });
                assert!(
                    !happened || bar.contains(|sign| signs.contains(sign)),
                    "{state:?}: {screen:?}"
                );
            }
        }
    }
}
