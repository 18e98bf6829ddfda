//! Labels that hold markup stay text.

use serde_json::{Value, json};

use super::page::{LESSONS, Page};

const HOSTILE: &str = "</script><img src=x onerror=\"document.title='broken out'\"><b>&amp; %/ '\"";

#[test]
fn a_hostile_label_stays_text_wherever_it_stands() {
    let page = Page::edited(LESSONS[3], |data| {
        for name in ["topic", "lesson", "title", "story"] {
            data[name] = json!(HOSTILE);
        }
        for file in data["files"].as_array_mut().expect("there are files") {
            let text = file["text"].as_str().expect("a text");
            let lines: Vec<String> = text.lines().map(|_| HOSTILE.to_owned()).collect();
            *file = json!({ "name": HOSTILE, "text": lines.join("\n") });
        }
        for variant in data["variants"].as_array_mut().expect("there are variants") {
            let name = format!("{}{HOSTILE}", variant["name"].as_str().expect("a name"));
            variant["name"] = json!(name);
            variant["story"] = json!(HOSTILE);
            for state in variant["states"].as_array_mut().expect("there are states") {
                *state = json!([HOSTILE, state[1], said(&state[2]), state[3], [HOSTILE], HOSTILE]);
            }
            for made in variant["made"].as_array_mut().expect("there are moves") {
                *made = json!(HOSTILE);
            }
            variant["begun"] = json!(HOSTILE);
            for node in variant["nodes"].as_array_mut().expect("there are positions") {
                if !node[2].is_null() {
                    node[2][1] = json!(HOSTILE);
                }
            }
        }
    });
    let title = page.run("return document.title");
    let mut shown = page.shown();
    while shown.end.is_empty() {
        page.browser.press("1").expect("there is a keyboard");
        shown = page.shown();
    }
    assert!(shown.end.contains(HOSTILE), "{shown:?}");
    let made = page.run("return document.querySelectorAll('img, b').length");
    assert_eq!((made, page.run("return document.title")), (json!(0), title));
    for element in
        ["#name", "#story", "#told", "#threads h2", "#begun", "#steps td:nth-child(2)", "#command"]
    {
        let text = page.run(&format!("return document.querySelector(\"{element}\").textContent"));
        assert!(text.as_str().is_some_and(|text| text.contains(HOSTILE)), "{element}: {text}");
    }
    // The address holds the variant's name, whatever it is.
    page.open(&shown.place);
    assert_eq!(page.shown(), shown);
    page.is_quiet();
}

/// Returns the label for what a thread does next, if it does anything.
fn said(next: &Value) -> Value {
    if next.is_null() { Value::Null } else { json!(HOSTILE) }
}
