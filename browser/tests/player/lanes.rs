//! The lanes of the real run: drawn, told in words, and looked at from closer.

use serde_json::{Value, json};

use super::page::{LESSONS, Page};

/// Returns what the picture of the lanes is called.
fn name(page: &Page) -> String {
    let name = "return document.querySelector('#picture svg').getAttribute('aria-label')";
    page.run(name).as_str().expect("a text").to_owned()
}

/// Returns the texts of what a selector finds in the section of the lanes.
fn texts(page: &Page, selector: &str) -> Vec<String> {
    let found = format!("document.querySelectorAll('#lanes {selector}')");
    let value = page.run(&format!("return [...{found}].map((one) => one.textContent)"));
    let texts = value.as_array().expect("a list").iter().map(Value::as_str);
    texts.map(|text| text.expect("a text").to_owned()).collect()
}

#[test]
fn the_lanes_show_who_holds_what_and_waits_for_whom() {
    let page = Page::of(LESSONS[0]);
    let name = name(&page);
    assert!(name.contains("t1: waits for B") && name.contains("t2: waits for A"), "{name}");
    assert_eq!(texts(&page, ".lane"), ["t1", "t2"]);
    let labels = texts(&page, ".label");
    assert!(labels.contains(&"holds A, waits for B, held by t2".to_owned()), "{labels:?}");
    // The same is in the words below, and where the pointer stands.
    let words = page.run("return document.getElementById('lane-words').textContent");
    let words = words.as_str().expect("a text");
    for wanted in ["holds A", "waits for B, held by t2", "waits for A, held by t1"] {
        assert!(words.contains(wanted), "no {wanted:?} in {words}");
    }
    let at = page.run(
        "const area = document.querySelector('#picture svg').getBoundingClientRect();
         const place = { clientX: area.right - 2, clientY: area.top + 2, bubbles: true };
         document.querySelector('#picture svg').dispatchEvent(new PointerEvent('pointermove', place));
         return document.getElementById('lane-at').textContent;",
    );
    let at = at.as_str().expect("a text");
    assert!(at.contains("t1 holds A, waits for B") && at.contains("t2 holds B"), "{at}");
    page.is_quiet();
}

#[test]
fn the_key_says_what_each_look_stands_for_and_no_more() {
    assert_eq!(texts(&Page::of(LESSONS[0]), "#key span"), ["holds", "waits"]);
    let page = Page::edited(LESSONS[0], |data| {
        let lane = &mut data["variants"][0]["lanes"]["lanes"][0];
        lane["does"] = json!([[0, 10, "idles", "idles "], [10, 20, "runs", "runs it"]]);
        lane["marks"] = json!([[3, "dead", 1], [4, "a", 0], [5, "b", 0], [6, "c", 0]]);
    });
    let key = texts(&page, "#key span");
    assert_eq!(key, ["holds", "waits", "runs", "idles", "3 events", "dead"]);
}

#[test]
fn the_axis_has_round_numbers_in_one_unit() {
    let page = Page::edited(LESSONS[0], |data| {
        data["variants"][0]["lanes"]["end"] = json!(123_456_789);
    });
    let ticks = texts(&page, ".tick");
    assert_eq!(ticks.first().map(String::as_str), Some("0 ms"));
    let numbers: Vec<u32> = ticks[1..].iter().filter_map(|tick| tick.parse().ok()).collect();
    let step = numbers[0];
    assert!([10, 20, 50].contains(&step) && numbers.len() == ticks.len() - 1, "{ticks:?}");
    assert!(numbers.iter().zip(1..).all(|(number, count)| *number == count * step), "{ticks:?}");
    // Closer, they are as round, and still of one unit.
    page.browser.click("#zoom button:nth-child(1)").expect("it is a button");
    let close = texts(&page, ".tick");
    assert!(close.len() > 2 && close[0].ends_with(" ms"), "{close:?}");
    assert!(close[1..].iter().all(|tick| tick.parse::<f64>().is_ok()), "{close:?}");
}

#[test]
fn closer_and_wider_show_less_and_all_of_the_time_again() {
    let page = Page::of(LESSONS[0]);
    let ticks = || texts(&page, ".tick");
    let whole = ticks();
    let press = |number: usize| {
        let button = format!("#zoom button:nth-child({number})");
        page.browser.click(&button).expect("it is a button");
    };
    press(1);
    press(1);
    let close = ticks();
    assert_ne!(close.last(), whole.last(), "{close:?}");
    press(3);
    assert_ne!(ticks(), close, "it is earlier");
    press(2);
    press(2);
    assert_eq!(ticks(), whole);
    let enabled = page.run("return document.querySelectorAll('#zoom button:enabled').length");
    assert_eq!(enabled, json!(1), "there is nothing earlier, later or wider");
    page.is_quiet();
}

#[test]
fn each_variant_has_lanes_of_its_own() {
    let page = Page::of(LESSONS[0]);
    let broken = page.run("return document.getElementById('came-to').textContent");
    page.browser.click("#variants button:nth-child(2)").expect("it is a button");
    let fixed = page.run("return document.getElementById('came-to').textContent");
    assert!(broken.as_str().is_some_and(|text| text.starts_with("deadlocked")), "{broken}");
    assert_ne!(broken, fixed);
    assert!(!name(&page).contains("waits for B at the end"), "{}", name(&page));
}
