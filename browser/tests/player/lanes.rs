//! The lanes of the real run: drawn, told in words, and looked at from closer.

use serde_json::{Value, json};

use super::page::{LESSONS, Page};

/// Returns what the picture of the lanes says: its name, the lanes, the ends of its axis.
const PICTURE: &str = "
    const picture = document.querySelector('#picture svg');
    const texts = [...picture.querySelectorAll(':scope > text')].map((one) => one.textContent);
    return [picture.getAttribute('aria-label'), ...texts];";

fn texts(page: &Page) -> Vec<String> {
    let value = page.run(PICTURE);
    let texts = value.as_array().expect("a list").iter().map(Value::as_str);
    texts.map(|text| text.expect("a text").to_owned()).collect()
}

#[test]
fn the_lanes_show_who_holds_what_and_waits_for_whom() {
    let page = Page::of(LESSONS[0]);
    let shown = texts(&page);
    let [name, first, second, begin, end] = shown.as_slice() else { panic!("{shown:?}") };
    assert_eq!((first.as_str(), second.as_str(), begin.as_str()), ("t1", "t2", "0 ns"));
    let milliseconds = end.strip_suffix(" ms").and_then(|end| end.parse::<f64>().ok());
    assert!(milliseconds.is_some_and(|end| (1.0..1e3).contains(&end)), "{end}");
    assert!(name.contains("t1: waits for B") && name.contains("t2: waits for A"), "{name}");
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
fn closer_and_wider_show_less_and_all_of_the_time_again() {
    let page = Page::of(LESSONS[0]);
    let whole = texts(&page);
    let press = |number: usize| {
        let button = format!("#zoom button:nth-child({number})");
        page.browser.click(&button).expect("it is a button");
    };
    press(1);
    press(1);
    let close = texts(&page);
    assert_ne!(close.last(), whole.last(), "{close:?}");
    press(3);
    assert_ne!(texts(&page), close, "it is earlier");
    press(2);
    press(2);
    assert_eq!(texts(&page), whole);
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
    assert!(!texts(&page)[0].contains("waits for B at the end"), "{:?}", texts(&page));
}
