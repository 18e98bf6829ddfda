//! The pages in the order in which they are read, each with the way to the one before and after it.

use std::path::Path;

use crate::frame::{self, Link, escaped};
use crate::{Error, TOPICS, Topic, readme};

/// A page on the way from the first topic to the last lesson.
#[derive(Clone, Copy)]
struct Stop<'a> {
    topic: &'a Topic,
    /// The number of a lesson; `None` for the topic's own page.
    lesson: Option<usize>,
}

impl Stop<'_> {
    /// Returns its name, which is that of its file as well.
    fn name(self) -> &'static str {
        self.topic.name
    }

    fn file(self) -> String {
        let lesson = self.lesson.map_or("index", |number| &self.topic.lessons[number].name);
        format!("{}/{lesson}.html", self.name())
    }

    /// Returns the link to it from another page of a topic.
    fn link(self) -> Link {
        let text = match self.lesson {
            None => self.name().to_owned(),
            Some(number) => self.topic.lessons[number].name.clone(),
        };
        Link { to: format!("../{}", self.file()), text }
    }
}

fn of_topic(topic: &Topic) -> impl Iterator<Item = Stop<'_>> {
    let lessons = (0..topic.lessons.len()).map(Some);
    std::iter::once(None).chain(lessons).map(move |lesson| Stop { topic, lesson })
}

/// Returns all pages of topics, in order.
fn stops(topics: &[Topic]) -> Vec<Stop<'_>> {
    topics.iter().flat_map(of_topic).collect()
}

/// Writes the index and the topics' pages, and the way on into those of the lessons; returns the
/// number of bytes that all have.
pub(crate) fn write(topics: &[Topic], folder: &Path) -> Result<u64, Error> {
    let stops = stops(topics);
    let mut bytes = 0;
    let mut put = |file: &str, page: String| {
        bytes += page.len() as u64;
        std::fs::write(folder.join(file), page)
    };
    put("index.html", index(topics))?;
    for (number, stop) in stops.iter().enumerate() {
        let before = number.checked_sub(1).map(|before| stops[before].link());
        let up = Link { to: "../index.html".to_owned(), text: "all topics".to_owned() };
        let topic = Link { to: "index.html".to_owned(), text: stop.name().to_owned() };
        let way = frame::way(&[
            ("next: ", stops.get(number + 1).map(|next| next.link())),
            ("previous: ", before),
            ("", stop.lesson.map(|_| topic)),
            ("", Some(up)),
        ]);
        let page = match stop.lesson {
            None => frame::page(stop.name(), &way, &topic_page(stop.topic)),
            Some(_) => {
                let page = std::fs::read_to_string(folder.join(stop.file()))?;
                frame::with_way(&page, &way)
            }
        };
        put(&stop.file(), page)?;
    }
    Ok(bytes)
}

/// Returns the list of a topic's lessons; `before` leads to their folder.
fn lessons(topic: &Topic, before: &str) -> String {
    let item = |lesson: &crate::lessons::Lesson| {
        let (name, title) = (escaped(&lesson.name), escaped(&lesson.title));
        format!("<li><a href=\"{before}{name}.html\">{name}</a> · {title}</li>\n")
    };
    let items: String = topic.lessons.iter().map(item).collect();
    if items.is_empty() { items } else { format!("<ul>\n{items}</ul>\n") }
}

/// Returns what stands on a topic's page: the README, then the lessons to play.
fn topic_page(topic: &Topic) -> String {
    let folder = crate::lessons::root().join(topic.name);
    let readme = readme::rendered(&topic.readme, &folder, &TOPICS);
    let lessons = lessons(topic, "");
    if lessons.is_empty() {
        return readme;
    }
    format!("{readme}<h2>Lessons to play: you choose which thread moves</h2>\n{lessons}")
}

/// Returns the questions of a topic, each with its answer folded.
fn flash_cards(topic: &Topic) -> String {
    let folder = crate::lessons::root().join(topic.name);
    // The first page is one folder above those of the topics.
    let html = |text: &str| {
        let html = readme::rendered(text, &folder, &TOPICS).replace("href=\"../", "href=\"");
        html.replace("href=\"#", &format!("href=\"{}/index.html#", topic.name))
    };
    let card = |card: &stage::FlashCard| {
        let question = html(&card.question);
        let question = question.trim().trim_start_matches("<p>").trim_end_matches("</p>");
        format!("<details><summary>{question}</summary>{}</details>\n", html(&card.answer))
    };
    let cards: String = stage::cards(&topic.readme).iter().map(card).collect();
    if cards.is_empty() { cards } else { format!("<h3>{}</h3>\n{cards}", topic.name) }
}

/// Returns the first page.
fn index(topics: &[Topic]) -> String {
    let mut body = String::from(
        "<h1>Concurrency, by running it</h1>\n<p>Threads, processes and coroutines in ten topics. \
         Each lesson here is the real code under a model checker, and you are the scheduler: \
         choose which thread moves, undo, make it fail.</p>\n",
    );
    for topic in topics {
        let (name, question) = (topic.name, escaped(&topic.question));
        body += &format!("<h2><a href=\"{name}/index.html\">{name}</a></h2>\n<p>{question}</p>\n");
        body += &lessons(topic, &format!("{name}/"));
    }
    body += "<h2 id=\"cards\">Flash cards: what is asked, and what is easily guessed wrong</h2>\n";
    body += &topics.iter().map(flash_cards).collect::<String>();
    let first = topics.first().map(|topic| Link {
        to: format!("{}/index.html", topic.name),
        text: topic.name.to_owned(),
    });
    frame::page("Concurrency, by running it", &frame::way(&[("next: ", first)]), &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::Lesson;

    fn topic(name: &'static str, lessons: &[&str]) -> Topic {
        let lesson =
            |name: &&str| Lesson { name: (*name).to_owned(), title: "a <title>".to_owned() };
        let (question, readme) = (String::new(), String::new());
        Topic { name, question, readme, lessons: lessons.iter().map(lesson).collect() }
    }

    #[test]
    fn each_page_leads_to_the_next_from_the_first_topic_to_the_last_lesson() {
        let topics = [topic("one", &["a", "b"]), topic("two", &[]), topic("three", &["c"])];
        let files: Vec<_> = stops(&topics).into_iter().map(Stop::file).collect();
        let wanted = [
            "one/index.html",
            "one/a.html",
            "one/b.html",
            "two/index.html",
            "three/index.html",
            "three/c.html",
        ];
        assert_eq!(files, wanted);
    }

    #[test]
    fn a_question_of_a_readme_is_a_card_of_the_index_with_its_answer_folded() {
        let readme = "## Asked in interviews\n\n*Is `a` <b>?* See [b](../locks) and [c](#c).\n";
        let index = index(&[Topic { readme: readme.to_owned(), ..topic("one", &[]) }]);
        let card = "<details><summary>Is <code>a</code> &lt;b&gt;?</summary><p>See \
                    <a href=\"locks/index.html\">b</a> and <a href=\"one/index.html#c\">c</a>.</p>\n\
                    </details>";
        assert!(index.contains(card), "{index}");
    }

    #[test]
    fn every_topic_has_cards_of_both_kinds() {
        for name in TOPICS {
            let readme = crate::lessons::root().join(name).join("README.md");
            let readme = std::fs::read_to_string(readme).expect("each topic has one");
            let cards = stage::cards(&readme);
            let guessed = cards.iter().filter(|card| card.question.starts_with("You would guess"));
            let guessed = guessed.count();
            assert!(guessed > 2 && cards.len() - guessed > 8, "{name}: {guessed} {}", cards.len());
        }
    }

    #[test]
    fn a_title_stays_text_in_the_index() {
        let index = index(&[topic("one", &["a"])]);
        assert!(index.contains("a &lt;title&gt;") && !index.contains("<title>a"), "{index}");
    }
}
