//! A sitting: questions are shown, answers are read and judged, and there is a score.

use std::io::{self, IsTerminal};

use crate::cards::FlashCard;
use crate::play::next_line;
use crate::terminal::{Style, Terminal};

/// A question as it stands on the screen.
pub(super) struct Card {
    /// What it is about, and the rest of that line.
    pub(super) of: String,
    pub(super) rest: String,
    /// What is told before it: how each line begins, in which style, and how it goes on.
    pub(super) told: Vec<(String, Style, String)>,
    pub(super) asks: String,
    pub(super) choices: Vec<String>,
    /// The command that shows the truth.
    pub(super) proof: String,
}

/// What is true of the choices of a question.
pub(super) struct Judged {
    /// Whether each choice is.
    pub(super) truth: Vec<bool>,
    /// A sentence on why.
    pub(super) why: String,
    /// What else is told: a label, and a text.
    pub(super) told: Vec<(String, String)>,
}

/// Where the answers come from.
enum Input<'a> {
    Given(std::slice::Iter<'a, char>),
    Typed(io::StdinLock<'static>),
}

/// A sitting that is under way.
pub(super) struct Sitting<'a> {
    terminal: &'a mut Terminal,
    input: Input<'a>,
    /// How many questions were asked, how many of them were answered, how many of those right.
    pub(super) asked: usize,
    told: usize,
    right: usize,
}

impl<'a> Sitting<'a> {
    /// Begins one whose answers are given, or else read from standard input.
    pub(super) fn new(terminal: &'a mut Terminal, answers: Option<&'a [char]>) -> Self {
        let input = match answers {
            Some(letters) => Input::Given(letters.iter()),
            None => Input::Typed(io::stdin().lock()),
        };
        Self { terminal, input, asked: 0, told: 0, right: 0 }
    }

    pub(super) fn title(&mut self, name: &str, rest: &str) -> io::Result<()> {
        self.terminal.wrap(name, Style::Title, rest)
    }

    /// Prints a question and its choices.
    fn show(&mut self, card: &Card) -> io::Result<()> {
        let terminal = &mut *self.terminal;
        terminal.gap();
        let heading = format!("question {} · {}", self.asked, card.of);
        terminal.wrap(&heading, Style::Title, &card.rest)?;
        for (first, style, text) in &card.told {
            terminal.wrap(first, *style, text)?;
        }
        terminal.gap();
        terminal.wrap("  ", Style::Plain, &card.asks)?;
        for (letter, choice) in ('a'..).zip(&card.choices) {
            terminal.wrap(&format!("    {letter}  "), Style::Title, choice)?;
        }
        Ok(())
    }

    /// Reads a word; `None` at the end of what there is to read.
    fn word(&mut self) -> io::Result<Option<String>> {
        let word = match &mut self.input {
            Input::Given(letters) => letters.next().map(|letter| (letter.to_string(), true)),
            Input::Typed(input) => next_line(input).map(|line| (line, !io::stdin().is_terminal())),
        };
        let Some((word, echo)) = word else { return self.terminal.text("").map(|()| None) };
        let word = word.trim().to_lowercase();
        if echo {
            self.terminal.text(&word)?;
        }
        Ok(Some(word))
    }

    /// Asks a question, and judges the answer once there is one; returns whether it was right, and
    /// `None` where the sitting ends without one.
    pub(super) fn ask(
        &mut self,
        card: &Card,
        judge: impl FnOnce() -> Judged,
    ) -> io::Result<Option<bool>> {
        self.asked += 1;
        self.show(card)?;
        let last = char::from_digit(9 + card.choices.len() as u32, 36).unwrap_or('d');
        let chosen = loop {
            self.terminal.prompt(&format!("  a to {last}, q quits > "))?;
            let Some(word) = self.word()? else { return Ok(None) };
            if word == "q" || word == "quit" {
                return Ok(None);
            }
            let chosen = ('a'..=last).position(|letter| word == letter.to_string());
            if chosen.is_none() {
                let known = format!("'{word}' is no answer: a letter from a to {last}, or q");
                self.terminal.wrap("  ", Style::Plain, &known)?;
                // A letter that was given is of this question and of no other.
                if matches!(self.input, Input::Typed(_)) {
                    continue;
                }
            }
            break chosen;
        };
        self.told += 1;
        let Judged { truth, why, told } = judge();
        let is_right = chosen.is_some_and(|chosen| truth[chosen]);
        self.right += usize::from(is_right);
        if is_right {
            self.terminal.wrap("  right: ", Style::Good, &why)?;
        } else {
            let truth = ('a'..).zip(&truth).filter(|(_, is)| **is);
            let truth: Vec<_> = truth.map(|(letter, _)| letter.to_string()).collect();
            let first = format!("  not right, it is {}: ", truth.join(" and "));
            self.terminal.wrap(&first, Style::Bad, &why)?;
        }
        for (label, text) in told {
            self.terminal.wrap(&format!("    {label}  "), Style::Quiet, &text)?;
        }
        self.terminal.command("  proof:  ", &card.proof)?;
        Ok(Some(is_right))
    }

    /// Shows a question of the README, and its answer where it is asked for.
    pub(super) fn unfold(&mut self, card: &FlashCard) -> io::Result<()> {
        self.terminal.gap();
        self.terminal.wrap("say it aloud: ", Style::Title, &plain(&card.question))?;
        if let Input::Typed(input) = &mut self.input {
            self.terminal.prompt("  Enter unfolds the answer, q does not > ")?;
            let line = next_line(input);
            if line.is_none() || !io::stdin().is_terminal() {
                self.terminal.text("")?;
            }
            if line.is_none_or(|line| line.trim() == "q") {
                return Ok(());
            }
        }
        self.terminal.wrap("  ", Style::Plain, &plain(&card.answer))
    }

    /// Prints how many answers were right.
    pub(super) fn score(&mut self) -> io::Result<()> {
        let left = match self.asked - self.told {
            0 => String::new(),
            _ => ", the last question was not answered".to_owned(),
        };
        self.terminal.gap();
        let score = format!("{} of {} right{left}", self.right, self.told);
        self.terminal.wrap("score: ", Style::Title, &score)
    }
}

/// Leaves out of Markdown what only a page can show: where links lead, and bold type.
fn plain(markdown: &str) -> String {
    let text = markdown.replace("**", "");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, link)) = rest.split_once('[') {
        plain += before;
        match link.split_once("](").and_then(|(name, to)| Some((name, to.split_once(')')?.1))) {
            Some((name, after)) if !name.contains('[') => {
                plain += name;
                rest = after;
            }
            _ => {
                plain.push('[');
                rest = link;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_link_is_left_as_its_name_and_a_bracket_as_it_is() {
        let text = "see [a](b.md) and `x[0]`, **proof:** [c](../d)";
        assert_eq!(plain(text), "see a and `x[0]`, proof: c");
        assert_eq!(plain("[ no ("), "[ no (");
    }
}
