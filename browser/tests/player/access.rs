//! The page can be read and used by everybody: names, order, contrast, width.

use serde_json::{Value, json};

use super::page::{LESSONS, Page};

/// Finds what a screen reader would miss.
const NAMES: &str = include_str!("names.js");

/// Finds texts whose contrast against their background is below 4.5 (WCAG 2.2, 1.4.3).
const CONTRAST: &str = include_str!("contrast.js");

/// The beginning, a position in the middle, a deadlock and an end that is well.
fn positions(page: &Page) -> Vec<String> {
    let mut places = vec![String::new()];
    for keys in ["1", "12", "r11111111"] {
        page.open("");
        page.browser.press(keys).expect("there is a keyboard");
        places.push(page.shown().place);
    }
    places
}

#[test]
fn every_part_has_a_name_and_its_place_in_the_order() {
    for lesson in LESSONS {
        let page = Page::of(lesson);
        for place in positions(&page) {
            page.open(&place);
            assert_eq!(page.run(NAMES), json!([]), "{} at {place}", lesson.1);
        }
    }
}

#[test]
fn tab_alone_reaches_every_control() {
    let page = Page::of(LESSONS[0]);
    page.browser.press("1").expect("there is a keyboard");
    let wanted = page.run(
        "const all = [...document.querySelectorAll('button:enabled, [tabindex]')];
         return all.map((one) => one.textContent);",
    );
    let wanted = wanted.as_array().expect("a list").clone();
    assert!(wanted.len() > 6, "{wanted:?}");
    let mut reached: Vec<Value> = Vec::new();
    page.run("document.activeElement.blur()");
    for _ in 0..wanted.len() + 4 {
        page.browser.press("\u{E004}").expect("there is a keyboard");
        reached.push(page.run("return document.activeElement.textContent"));
        let outlined = "const one = document.activeElement;
             return one === document.body || getComputedStyle(one).outlineStyle !== 'none';";
        assert_eq!(page.run(outlined), true, "{:?}: the focus is to be seen", reached.last());
    }
    for control in wanted {
        assert!(reached.contains(&control), "Tab does not reach {control}");
    }
}

#[test]
fn every_text_stands_out_from_its_background_in_light_and_in_dark() {
    let page = Page::of(LESSONS[0]);
    let places = positions(&page);
    let mut backs = Vec::new();
    for scheme in ["light", "dark"] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let params = json!({ "features": features });
        page.browser.devtools("Emulation.setEmulatedMedia", &params).expect("it can be emulated");
        for place in &places {
            page.open(place);
            let told = page.run(CONTRAST);
            assert!(told[0].as_u64().is_some_and(|seen| seen > 20), "{scheme}: {told}");
            assert_eq!(told[1], json!([]), "{scheme} at {place}");
        }
        backs.push(page.run("return getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(backs[0], backs[1], "light and dark are different");
}

#[test]
fn nothing_is_wider_than_the_screen_from_360_to_1280_pixels() {
    for lesson in LESSONS {
        let page = Page::of(lesson);
        let places = positions(&page);
        for width in [360, 800, 1280] {
            let params =
                json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
            page.browser.devtools("Emulation.setDeviceMetricsOverride", &params).expect("a width");
            for place in &places {
                page.open(place);
                let wide = page.run("return document.documentElement.scrollWidth");
                assert!(
                    wide.as_u64().is_some_and(|wide| wide <= width),
                    "{place}: {wide} of {width}"
                );
            }
        }
    }
}
