//! The questions of a README, each with its answer: asked in interviews, or easily guessed wrong.

/// A question and its answer, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlashCard {
    /// The question, or what one would guess.
    pub question: String,
    /// The answer, or what happens.
    pub answer: String,
}

/// The section whose paragraphs begin with a question, `*So?*`.
const ASKED: &str = "## Asked in interviews";
/// The section whose items begin with what one would guess.
const GUESSED: &str = "## What you would guess";

/// Finds the questions of a README, in its order.
///
/// ```
/// let readme = "## Asked in interviews\n\n*What is a\nlock?* See above.\n\n## Traps\n\n*No.*\n";
/// let cards = stage::cards(readme);
/// assert_eq!(cards.len(), 1);
/// assert_eq!((&*cards[0].question, &*cards[0].answer), ("What is a lock?", "See above."));
/// ```
pub fn cards(readme: &str) -> Vec<FlashCard> {
    let (mut cards, mut section, mut block) = (Vec::new(), "", String::new());
    for line in readme.lines().chain([""]) {
        let begins = line.starts_with("## ") || line.starts_with("- ") || line.trim().is_empty();
        if begins {
            cards.extend(card(section, &std::mem::take(&mut block)));
        }
        if line.starts_with("## ") {
            section = line;
        } else {
            block = format!("{block} {}", line.trim()).trim().to_owned();
        }
    }
    cards
}

fn card(section: &str, block: &str) -> Option<FlashCard> {
    let card = |question: &str, answer: &str| {
        let (question, answer) = (question.to_owned(), answer.trim().to_owned());
        (!answer.is_empty()).then_some(FlashCard { question, answer })
    };
    if section.starts_with(ASKED) {
        let (question, answer) = block.strip_prefix('*')?.split_once('*')?;
        return card(question, answer);
    }
    let item = block.strip_prefix("- ").filter(|_| section.starts_with(GUESSED))?;
    if let Some((guess, truth)) = item.strip_prefix('*').and_then(|item| item.split_once('*')) {
        return card(&format!("You would guess: {guess}"), truth);
    }
    let (guess, truth) = item.split_once(". ")?;
    card(&format!("{guess}."), truth)
}
