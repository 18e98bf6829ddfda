//! A lesson as one HTML file: every schedule of its models, for a player in the browser.
//!
//! The file needs no server and no network: the positions are computed here, and the page only goes
//! from one to the next. Its address is the schedule, the same that `--schedule` takes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::chosen::Chosen;
use crate::explore::{self, Thread, Why, written};
use crate::lesson::{Modelled, Promise, Variant};
use crate::recording::Recording;
use crate::source::{self, Place};
use crate::typed::typed;

use self::graph::Graph;

mod graph;
mod lanes;

/// The page around the data.
const TEMPLATE: &str = include_str!("page/player.html");

/// How a run ends in which nobody can move.
const DEADLOCK: &str = "nobody can move: deadlock";

/// Returns the page of a lesson: `None` if it has no model.
///
/// Each variant that has one is run for real as well, and `memory` gets what is recorded of it.
///
/// It holds about `most` positions of each at the most.
pub(crate) fn page(
    topic: &str,
    chosen: &Chosen,
    memory: &Recording,
    most: usize,
) -> Option<String> {
    let mut files = Files::default();
    let modelled = || chosen.variants.iter().filter(|variant| variant.model.is_some());
    // All real runs come first: what they leave behind is not to run beside a model.
    let lanes: Vec<Value> =
        modelled().map(|variant| lanes::recorded(variant, &chosen.again, memory)).collect();
    let variants: Vec<Value> = modelled()
        .zip(lanes)
        .filter_map(|(variant, lanes)| data(variant, lanes, &mut files, most))
        .collect();
    if variants.is_empty() {
        return None;
    }
    let lesson = &chosen.lesson;
    let data = json!({
        "topic": topic,
        "typed": typed(topic),
        "lesson": lesson.name,
        "title": lesson.title,
        "story": lesson.story,
        "source": lesson.source,
        "deadlock": DEADLOCK,
        "variants": variants,
        "files": files.texts(),
    });
    Some(filled(&format!("{topic}: {}", lesson.name), &data))
}

/// Returns the page with a title and its data, neither of which can be more than text in it.
fn filled(title: &str, data: &Value) -> String {
    // In a script, "<" could begin its end.
    let data = data.to_string().replace('<', "\\u003c");
    TEMPLATE.replace("{{title}}", &escaped(title)).replace("{{data}}", &data)
}

/// Writes a text so that it is only text in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The sources that the page shows, each once.
#[derive(Default)]
struct Files(BTreeMap<&'static str, usize>);

impl Files {
    fn place(&mut self, (file, line): Place) -> Value {
        let next = self.0.len();
        json!([self.0.entry(file).or_insert(next), line])
    }

    fn texts(&self) -> Vec<Value> {
        let mut files: Vec<_> = self.0.iter().collect();
        files.sort_by_key(|(_, number)| **number);
        files
            .into_iter()
            .map(|(file, _)| (source::name(file), source::text(file).unwrap_or_default()))
            .map(|(name, text)| json!({ "name": name, "text": text }))
            .collect()
    }
}

/// Values, each once.
#[derive(Default)]
struct Once {
    all: Vec<Value>,
    numbers: BTreeMap<String, usize>,
}

impl Once {
    fn number(&mut self, value: Value) -> usize {
        let next = self.all.len();
        *self.numbers.entry(value.to_string()).or_insert_with(|| {
            self.all.push(value);
            next
        })
    }
}

/// Returns what the page shows of a variant.
fn data(variant: &Variant, lanes: Value, files: &mut Files, most: usize) -> Option<Value> {
    let Modelled { size, outcome, fails, run } = variant.model.as_ref()?;
    let graph = Graph::of(run, most);
    let mut states = Once::default();
    let mut state = |thread: &Thread, files: &mut Files| {
        let at = thread.at.map(|at| files.place(at));
        states.number(json!([
            thread.name,
            at,
            thread.next,
            usize::from(thread.can_move),
            thread.holds,
            thread.waits,
            usize::from(thread.is_past())
        ]))
    };
    let mut made = Once::default();
    let nodes: Vec<Value> = graph
        .nodes
        .iter()
        .map(|node| {
            let threads: Vec<_> = node.threads.iter().map(|thread| state(thread, files)).collect();
            let moves: Vec<_> = node
                .moves
                .iter()
                .map(|step| {
                    let made = made.number(step.made.as_str().into());
                    json!([step.thread, written(&step.choices), step.to, made])
                })
                .collect();
            let end = node.end.as_ref().map(|end| match end {
                Ok(out) if out.is_empty() => json!([1, out]),
                Ok(out) => json!([1, explore::came_out(outcome, out)]),
                Err(Why::Deadlock) => json!([0, DEADLOCK]),
                Err(why) => json!([0, why.to_string()]),
            });
            json!([threads, moves, end])
        })
        .collect();
    let promise = match variant.promise {
        Promise::Deadlocks => "deadlocks",
        Promise::Breaks => "breaks",
        Promise::Holds => "holds",
    };
    Some(json!({
        "name": variant.name,
        "promise": promise,
        "fails": fails,
        "size": size,
        "story": variant.story,
        "whole": graph.whole,
        "preemptions": graph.preemptions,
        "begin": written(&graph.begin),
        "begun": graph.begun,
        "made": made.all,
        "states": states.all,
        "nodes": nodes,
        "lanes": lanes,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stays_text_whatever_it_holds() {
        let hostile = "</script><script>alert(1)</script><b>\"&";
        let page = filled(hostile, &json!({ "story": hostile }));
        let plain = filled("", &json!({}));
        for tag in ["<script", "</script", "<b>"] {
            assert_eq!(page.matches(tag).count(), plain.matches(tag).count(), "{tag}");
        }
        let (_, rest) = page.split_once(r#"id="data">"#).expect("the data stand in the page");
        let (data, _) = rest.split_once("</script>").expect("they end");
        let data: Value = serde_json::from_str(data).expect("they are JSON");
        assert_eq!(data["story"], hostile);
    }
}
