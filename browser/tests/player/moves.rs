//! Moves by click and by key, undone, and gone back from.

use super::page::{LESSONS, Page};

const BACKSPACE: &str = "\u{E003}";
const TAB: &str = "\u{E004}";

#[test]
fn a_click_a_number_and_the_address_lead_to_the_same_position() {
    let page = Page::of(LESSONS[0]);
    let beginning = page.shown();
    assert_eq!(beginning.moves.len(), 2, "{beginning:?}");
    page.browser.click("#moves button:nth-child(2)").expect("the second move is a button");
    let clicked = page.shown();
    assert_eq!(clicked.steps.len(), 1, "{clicked:?}");
    page.open("");
    page.browser.press("2").expect("there is a keyboard");
    assert_eq!(page.shown(), clicked);
    page.open(&clicked.place);
    assert_eq!(page.shown(), clicked);
    // The first variant is the one that an address means that names none.
    let (_, schedule) = clicked.place.split_once('/').expect("variant and schedule");
    page.open(schedule);
    assert_eq!(page.shown().steps, clicked.steps);
    page.is_quiet();
}

#[test]
fn the_hint_leads_to_the_failure_and_undo_back_to_the_start() {
    let page = Page::of(LESSONS[0]);
    let beginning = page.shown();
    let mut positions = vec![];
    while page.shown().end.is_empty() {
        positions.push(page.shown());
        page.browser.press("h").expect("there is a keyboard");
        let hint = page.shown().ahead;
        let number = hint.split_once(", ").filter(|_| hint.contains(", leads to a failure, "));
        page.browser.press(number.expect("a failure can be reached").0).expect("a key");
        assert!(positions.len() < 20, "the hint leads nowhere: {hint}");
    }
    assert!(page.shown().end.starts_with("nobody can move: deadlock, in "), "{:?}", page.shown());
    for (position, key) in positions.iter().rev().zip(["u", BACKSPACE].iter().cycle()) {
        page.browser.press(key).expect("there is a keyboard");
        let shown = page.shown();
        assert_eq!((&shown.steps, &shown.moves), (&position.steps, &position.moves));
    }
    // At the start there is nothing to undo, and 9 is no move.
    page.browser.press("u9").expect("there is a keyboard");
    assert_eq!(page.shown().steps, beginning.steps);
    page.browser.press("12r").expect("there is a keyboard");
    assert_eq!(page.shown().steps, beginning.steps);
    page.is_quiet();
}

#[test]
fn the_back_button_undoes_a_move_and_a_change_of_variant() {
    let page = Page::of(LESSONS[0]);
    page.browser.press("1").expect("there is a keyboard");
    let one = page.shown();
    page.browser.press("2").expect("there is a keyboard");
    let two = page.shown();
    page.browser.click("#variants button:nth-child(2)").expect("there is a second variant");
    assert_eq!(page.shown().steps, Vec::<String>::new());
    page.browser.back().expect("there is a page before");
    assert_eq!(page.shown(), two);
    page.browser.back().expect("there is a page before");
    assert_eq!(page.shown(), one);
    page.is_quiet();
}

#[test]
fn a_button_that_was_pressed_keeps_the_focus() {
    let page = Page::of(LESSONS[0]);
    let focused = "return document.activeElement.dataset.key || document.activeElement.tagName";
    page.run("document.querySelector('#moves button').focus()");
    // Enter, as from the keyboard.
    page.browser.press("\u{E007}").expect("there is a keyboard");
    assert_eq!((page.run(focused), page.shown().steps.len()), ("1".into(), 1));
    page.browser.press("2").expect("there is a keyboard");
    page.browser.press(TAB).expect("there is a keyboard");
    assert_ne!(page.run(focused), "BODY", "Tab goes on from where the focus was");
}

#[test]
fn an_address_that_is_no_schedule_shows_as_far_as_it_is_one() {
    let page = Page::of(LESSONS[0]);
    let beginning = page.shown();
    for place in ["opposite/zzz", "%", "%E0%A4%A/1", "no-such-variant/0", "opposite/0001"] {
        page.open(place);
        let shown = page.shown();
        assert_eq!((shown.steps, shown.moves), (beginning.steps.clone(), beginning.moves.clone()));
    }
    page.is_quiet();
}
