//! Questions that a variant brings with it, which its own lenses answer.

use crate::lesson::{Asked, Variant};
use crate::progress::with_spinner;
use crate::terminal::Style;
use crate::typed::typed;

use super::answered::{Answered, entry};
use super::sitting::{Card, Judged};
use super::{Request, SHOWN};

/// A variant that brings a question.
pub(super) struct One<'a> {
    lesson: &'a crate::lesson::Lesson,
    variant: &'a Variant,
    asked: &'a Asked,
    /// Whether it was answered right before.
    pub(super) known: bool,
}

/// Returns the questions of some lessons.
pub(super) fn of<'a>(request: &Request<'a>, answered: Option<&Answered>) -> Vec<One<'a>> {
    let mut all = Vec::new();
    for chosen in request.lessons {
        for variant in &chosen.variants {
            let Some(asked) = &variant.asked else { continue };
            let mut one = One { lesson: &chosen.lesson, variant, asked, known: false };
            one.known = answered.is_some_and(|known| known.holds(&one.entry(request.topic)));
            all.push(one);
        }
    }
    all
}

impl One<'_> {
    /// Returns what a file of progress holds of it.
    pub(super) fn entry(&self, topic: &str) -> String {
        entry(topic, self.lesson.name, self.variant.name, SHOWN)
    }

    pub(super) fn card(&self, topic: &str) -> Card {
        let Self { lesson, variant, asked, .. } = self;
        let quiet = |first: &str, text: &str| (first.to_owned(), Style::Quiet, text.to_owned());
        Card {
            of: lesson.name.to_owned(),
            rest: format!(", variant {}", variant.name),
            told: vec![
                quiet("  ", variant.story.unwrap_or(lesson.story)),
                quiet("  read  ", lesson.source),
            ],
            asks: asked.asks.clone(),
            choices: asked.choices.iter().map(ToString::to_string).collect(),
            proof: format!("{} {} --variant {}", typed(topic), lesson.name, variant.name),
        }
    }

    pub(super) fn judged(&self) -> Judged {
        let (truth, why) = with_spinner(self.variant.name, || (self.asked.judge)());
        let is_it = (0..self.asked.choices.len()).map(|choice| choice == truth);
        Judged { truth: is_it.collect(), why, told: Vec::new() }
    }
}
